import assert from "node:assert/strict";
import { containerConfig, noResources, sandboxConfig } from "../../tests/support/configs.ts";
import { MemoryEngine } from "../../tests/support/memory_engine.ts";
import type { ImageSpec, Mount, SandboxConfig } from "../engines/domain.ts";
import { containerId, sandboxId } from "../engines/ids.ts";
import { FakeClock } from "../lib/fake_clock.ts";
import { hasCode } from "../lib/errors.ts";
import { silentLogger } from "../lib/log.ts";
import type { NodeEvent } from "./api.ts";
import { PodNode } from "./node.ts";

const privileged = sandboxConfig({
  metadata: { name: "host", uid: "uid-2", namespace: "default", attempt: 0 },
  security: { privileged: true },
});

function makeNode() {
  const docker = new MemoryEngine("docker");
  const qemu = new MemoryEngine("qemu");
  const network = { ready: true, reason: "", message: "" };
  const cidrs: string[] = [];
  const node = new PodNode({
    engines: [docker, qemu],
    network: { status: () => network, setPodCidr: (cidr) => cidrs.push(cidr) },
    settings: {
      hypervisor: "qemu",
      allowAnnotation: true,
      cgroupDriver: "auto",
      configForInfo: {},
      version: "0.1.0",
    },
    log: silentLogger,
    clock: new FakeClock(),
  });
  return { node, docker, qemu, network, cidrs };
}

const run = (node: PodNode, config: SandboxConfig, handler = "") =>
  node.runSandbox({ config, handler, api: "v1" });

/** A mount of an image. */
const volumeOf = (image: string): Mount => ({
  containerPath: "/data",
  hostPath: "",
  readonly: true,
  selinuxRelabel: false,
  propagation: "private",
  uidMappings: [],
  gidMappings: [],
  recursiveReadOnly: false,
  image: spec(image),
  imageSubPath: "",
});

/** An ordinary pod with a uid of its own. */
const otherPod = () =>
  sandboxConfig({
    metadata: { name: "web", uid: crypto.randomUUID(), namespace: "default", attempt: 0 },
  });

const spec = (image: string): ImageSpec => ({
  image,
  annotations: {},
  userSpecifiedImage: "",
  runtimeHandler: "",
});

Deno.test("pods of both engines stand in one list, newest first", async () => {
  const { node, qemu, docker } = makeNode();
  const vm = await run(node, sandboxConfig());
  const host = await run(node, privileged);
  assert.equal(qemu.sandbox(vm)?.engine, "qemu");
  assert.equal(docker.sandbox(host)?.engine, "docker");
  assert.deepEqual(new Set(node.sandboxes().map((sandbox) => sandbox.id)), new Set([vm, host]));
});

Deno.test("unknown ids are NotFound from status and success from Stop and Remove", async () => {
  const { node } = makeNode();
  const pod = sandboxId("nope");
  const container = containerId("nope");
  assert.throws(() => node.sandbox(pod), (error) => hasCode(error, "NotFound"));
  assert.throws(() => node.container(container), (error) => hasCode(error, "NotFound"));
  await node.stopSandbox(pod);
  await node.removeSandbox(pod);
  await node.stopContainer(container, 0);
  await node.removeContainer(container);
});

Deno.test("an empty id is unknown, not an abbreviation of the only pod", async () => {
  const { node } = makeNode();
  await run(node, sandboxConfig());
  assert.throws(() => node.sandbox(sandboxId("")), (error) => hasCode(error, "NotFound"));
  assert.deepEqual(node.sandboxes({ id: "", labels: {} }), []);
});

Deno.test("an abbreviated id finds the only pod it can mean", async () => {
  const { node } = makeNode();
  const vm = await run(node, sandboxConfig());
  assert.equal(node.sandbox(sandboxId(vm.slice(0, 5))).id, vm);
  await run(node, otherPod());
  assert.throws(() => node.sandbox(sandboxId("qemu")), (error) => hasCode(error, "NotFound"));
});

Deno.test("filters narrow by state and by every label given", async () => {
  const { node } = makeNode();
  const labels = { app: "web", tier: "front" };
  const vm = await run(node, sandboxConfig({ labels }));
  const ids = (filter: Parameters<PodNode["sandboxes"]>[0]) =>
    node.sandboxes(filter).map((sandbox) => sandbox.id);
  assert.deepEqual(ids({ labels: { app: "web" } }), [vm]);
  assert.deepEqual(ids({ labels: { app: "web", tier: "back" } }), []);
  assert.deepEqual(ids({ labels: { toString: "" } }), []);
  assert.deepEqual(ids({ state: "notready", labels: {} }), []);
  await node.stopSandbox(vm);
  assert.deepEqual(ids({ state: "notready", labels: {} }), [vm]);
});

Deno.test("an engine that is away keeps its pods in the list and refuses Stop and Remove", async () => {
  const { node, qemu } = makeNode();
  const vm = await run(node, sandboxConfig());
  qemu.away = true;
  assert.deepEqual(node.sandboxes().map((sandbox) => sandbox.id), [vm]);
  await assert.rejects(node.stopSandbox(vm), (error) => hasCode(error, "Unavailable"));
  await assert.rejects(node.removeSandbox(vm), (error) => hasCode(error, "Unavailable"));
});

Deno.test("RuntimeReady follows the engine of ordinary pods, the other is a condition more", () => {
  const { node, docker, qemu } = makeNode();
  const states = () =>
    Object.fromEntries(node.status().conditions.map((entry) => [entry.type, entry.status]));
  assert.deepEqual(states(), { RuntimeReady: true, NetworkReady: true, DockerReady: true });
  docker.away = true;
  assert.deepEqual(states(), { RuntimeReady: true, NetworkReady: true, DockerReady: false });
  qemu.away = true;
  assert.equal(states().RuntimeReady, false);
  assert.equal(node.status().conditions[0]?.reason, "Away");
});

Deno.test("Status lists each handler that is served with its engine's features", () => {
  const { node } = makeNode();
  const handlers = node.status().handlers;
  assert.deepEqual(handlers.map((handler) => handler.name), ["", "hypervisor", "qemu", "docker"]);
  assert.equal(handlers[0]?.features.supplementalGroupsPolicy, true);
  assert.equal(handlers[3]?.features.supplementalGroupsPolicy, false);
});

Deno.test("what a pod that names no handler may ask for, Docker offers too", () => {
  const { node, docker, qemu } = makeNode();
  const offered = () =>
    node.status().handlers.map(({ name, features }) => [name, features.recursiveReadOnlyMounts]);
  qemu.recursiveReadOnlyMounts = true;
  assert.deepEqual(offered(), [
    ["", false], // A privileged pod runs in Docker.
    ["hypervisor", true],
    ["qemu", true],
    ["docker", false],
  ]);
  docker.recursiveReadOnlyMounts = true;
  assert.deepEqual(offered()[0], ["", true]);
});

Deno.test("a pull goes to the engine that will run the pod", async () => {
  const { node, docker, qemu } = makeNode();
  const signal = new AbortController().signal;
  await node.pullImage(spec("a:1"), undefined, undefined, signal);
  await node.pullImage(spec("b:1"), undefined, privileged, signal);
  assert.deepEqual(qemu.pulled, ["a:1"]);
  assert.deepEqual(docker.pulled, ["b:1"]);
});

Deno.test("an image that only the other store has is taken over without a pull", async () => {
  const { node, docker, qemu } = makeNode();
  const id = docker.addImage("ab", ["app:1"]);
  const vm = await run(node, sandboxConfig());
  const container = await node.createContainer({
    sandboxId: vm,
    config: containerConfig("app:1"),
    sandboxConfig: sandboxConfig(),
  });
  assert.equal(node.container(container).imageId, id);
  assert.equal((await qemu.image("app:1"))?.id, id);
  assert.deepEqual(qemu.pulled, []);
});

Deno.test("an archive that the other store does not take is given up", async () => {
  const { node, docker, qemu } = makeNode();
  docker.addImage("ab", ["app:1"]);
  const vm = await run(node, sandboxConfig());
  let isGivenUp = false;
  const archive = new ReadableStream<Uint8Array>({ cancel: () => void (isGivenUp = true) });
  docker.exportImage = () => Promise.resolve(archive);
  qemu.importImage = () => Promise.reject(new Error("No space left on device"));
  const request = {
    sandboxId: vm,
    config: containerConfig("app:1"),
    sandboxConfig: sandboxConfig(),
  };
  await assert.rejects(node.createContainer(request), /No space left/);
  assert.ok(isGivenUp);
});

Deno.test("an image that is to be a volume is taken over where volumes may be images", async () => {
  const { node, docker, qemu } = makeNode();
  qemu.addImage("aa", ["app:1"]);
  docker.addImage("bb", ["data:1"]);
  const vm = await run(node, sandboxConfig());
  const create = async (name: string) => {
    const config = containerConfig("app:1", {
      metadata: { name, attempt: 0 },
      mounts: [volumeOf("data:1"), volumeOf("nowhere:1")],
    });
    const request = { sandboxId: vm, config, sandboxConfig: sandboxConfig() };
    const { mounts } = node.container(await node.createContainer(request));
    return mounts.map((mount) => mount.image?.image);
  };
  await create("refused by the engine itself");
  assert.equal(await qemu.image("data:1"), undefined);
  qemu.mountsImages = true;
  assert.deepEqual(await create("taken over"), ["data:1", "nowhere:1"]);
  assert.ok(await qemu.image("data:1") !== undefined);
});

Deno.test("the same image in both stores is listed once and removed from both", async () => {
  const { node, docker, qemu } = makeNode();
  docker.addImage("ab", ["app:1"]);
  qemu.addImage("ab", ["app:2"]);
  const images = await node.listImages();
  assert.equal(images.length, 1);
  assert.deepEqual(images[0]?.repoTags.toSorted(), ["app:1", "app:2"]);
  await node.removeImage(spec("app:2"));
  assert.deepEqual(await node.listImages(), []);
});

Deno.test("removing an image fails when one store cannot, and absence is success", async () => {
  const { node, docker } = makeNode();
  docker.addImage("ab", ["app:1"]);
  docker.away = true;
  await assert.rejects(node.removeImage(spec("app:1")), (error) => hasCode(error, "Unavailable"));
  docker.away = false;
  await node.removeImage(spec("app:1"));
  await node.removeImage(spec("app:1"));
});

Deno.test("an engine that is down hides no image from the pods of the other one", async () => {
  const { node, docker, qemu } = makeNode();
  docker.addImage("ab", ["app:1"]);
  qemu.addImage("ab", ["app:1"]);
  docker.away = true;
  assert.equal((await node.image(spec("app:1")))?.id, (await qemu.image("app:1"))?.id);
  assert.equal(await node.image(spec("new:1")), undefined, "An ordinary pod can pull it");
  assert.deepEqual((await node.listImages()).map(({ repoTags }) => repoTags), [["app:1"]]);
  assert.deepEqual(await node.imageFsInfo(), await qemu.imageFsInfo());
  qemu.away = true;
  docker.away = false;
  assert.deepEqual((await node.image(spec("app:1")))?.repoTags, ["app:1"]);
  // What the store of ordinary pods has is not known: absence is not told.
  for (
    const ask of [
      () => node.image(spec("new:1")),
      () => node.listImages(),
      () => node.imageFsInfo(),
    ]
  ) {
    await assert.rejects(ask(), (error) => hasCode(error, "Unavailable"));
  }
});

Deno.test("a container without its image anywhere is refused as NotFound", async () => {
  const { node } = makeNode();
  const vm = await run(node, sandboxConfig());
  const request = {
    sandboxId: vm,
    config: containerConfig("no:1"),
    sandboxConfig: sandboxConfig(),
  };
  await assert.rejects(node.createContainer(request), (error) => hasCode(error, "NotFound"));
});

Deno.test("a privileged container in a VM pod is refused, in a Docker pod it is not", async () => {
  const { node, docker, qemu } = makeNode();
  docker.addImage("ab", ["app:1"]);
  qemu.addImage("ab", ["app:1"]);
  const plain = containerConfig("app:1");
  const config = { ...plain, security: { ...plain.security, privileged: true } };
  const vm = await run(node, sandboxConfig());
  const host = await run(node, privileged);
  await assert.rejects(
    node.createContainer({ sandboxId: vm, config, sandboxConfig: sandboxConfig() }),
    (error) => hasCode(error, "InvalidArgument"),
  );
  await node.createContainer({ sandboxId: host, config, sandboxConfig: privileged });
});

Deno.test("stats and metrics come from running containers of every engine", async () => {
  const { node, qemu } = makeNode();
  qemu.addImage("ab", ["app:1"]);
  const vm = await run(node, sandboxConfig());
  const config = containerConfig("app:1");
  const id = await node.createContainer({ sandboxId: vm, config, sandboxConfig: sandboxConfig() });
  assert.deepEqual(await node.containerStats(), []);
  await node.startContainer(id);
  assert.equal((await node.containerStats())[0]?.container.id, id);
  const [metrics] = await node.sandboxMetrics();
  const descriptors = new Map(node.metricDescriptors().map((entry) => [entry.name, entry]));
  for (const sample of [...metrics?.samples ?? [], ...metrics?.containers[0]?.samples ?? []]) {
    assert.equal(sample.labelValues.length, descriptors.get(sample.name)?.labelKeys.length);
  }
  const [sample] = metrics?.containers[0]?.samples ?? [];
  assert.equal(sample?.value, 3n);
  const keys = descriptors.get(sample.name)?.labelKeys ?? [];
  const labels = new Map(keys.map((key, index) => [key, sample.labelValues[index]]));
  assert.deepEqual([labels.get("name"), labels.get("image")], [id, "app:1"]);
});

Deno.test("resources that were updated show in the status", async () => {
  const { node, qemu } = makeNode();
  qemu.addImage("ab", ["app:1"]);
  const vm = await run(node, sandboxConfig());
  const config = containerConfig("app:1");
  const id = await node.createContainer({ sandboxId: vm, config, sandboxConfig: sandboxConfig() });
  await node.updateContainerResources(id, { ...noResources, cpuShares: 512n });
  assert.equal(node.container(id).resources.cpuShares, 512n);
});

Deno.test("events carry the pod as it is after the change, and stop when the reader leaves", async () => {
  const { node, qemu } = makeNode();
  const abort = new AbortController();
  const seen: NodeEvent[] = [];
  const reading = (async () => {
    for await (const event of node.events(abort.signal)) seen.push(event);
  })();
  await Promise.resolve();
  const vm = await run(node, sandboxConfig());
  await node.removeSandbox(vm);
  abort.abort();
  await reading;
  assert.deepEqual(seen.map((event) => [event.kind, event.containerId, event.sandbox.state]), [
    ["created", vm, "ready"],
    ["started", vm, "ready"],
    ["stopped", vm, "notready"],
    ["deleted", vm, "notready"],
  ]);
  assert.equal(qemu.listenerCount, 0);
});

Deno.test("a reader that falls behind loses its stream and nothing else", async () => {
  const { node, qemu } = makeNode();
  const events = node.events(new AbortController().signal)[Symbol.asyncIterator]();
  const first = events.next();
  for (let pod = 0; pod < 1500; pod++) await run(node, otherPod());
  await first;
  assert.equal(qemu.listenerCount, 0, "what is for nobody is not made");
  await assert.rejects(async () => {
    for (let step = await events.next(); !step.done; step = await events.next());
  }, (error) => hasCode(error, "ResourceExhausted"));
});

Deno.test("the pod CIDR reaches the network", () => {
  const { node, cidrs } = makeNode();
  node.setPodCidr("10.1.0.0/24");
  assert.deepEqual(cidrs, ["10.1.0.0/24"]);
});

Deno.test("attach and dial reach the engine of the pod, and only while it is up", async () => {
  const { node, qemu } = makeNode();
  const pod = await run(node, sandboxConfig());
  qemu.addImage("ab", ["busybox"]);
  const config = containerConfig("busybox", { stdin: true });
  const id = await node.createContainer({
    sandboxId: pod,
    config,
    sandboxConfig: sandboxConfig(),
  });
  const request = { stdin: true, stdout: true, stderr: true, tty: false };
  const isRefused = (error: unknown) => hasCode(error, "FailedPrecondition");
  await assert.rejects(node.attach(id, request), isRefused);
  await node.startContainer(id);
  const session = await node.attach(id, request);
  await session.close();
  const connection = await node.dial(pod, 7);
  connection.close();
  await assert.rejects(node.dial(sandboxId("nope"), 7), (error) => hasCode(error, "NotFound"));
  await node.stopSandbox(pod);
  await assert.rejects(node.attach(id, request), isRefused);
  await assert.rejects(node.dial(pod, 7), isRefused);
});
