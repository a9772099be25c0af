import assert from "node:assert/strict";
import {
  fakeContainer,
  fakeCreated,
  fakeExited,
  fakeImage,
  fakeSandbox,
} from "../../../tests/cri/fake_node.ts";
import type { Container } from "../../engines/domain.ts";
import { imageId } from "../../engines/ids.ts";
import { Mount as WireMount } from "../generated/v1/config.ts";
import { ContainerState, PodSandboxState, Signal } from "../wire.ts";
import { fromContainer, fromContainerStatus, toContainerFilter } from "./containers.ts";
import { fromImage, toAuth } from "./images.ts";
import { fromMount, toMount } from "./mounts.ts";
import { fromSandbox, fromSandboxStatus, toSandboxFilter } from "./sandboxes.ts";
import { fromContainerStats, fromSandboxStats } from "./stats.ts";

/** A number beyond every enum. */
const beyond: number = 99;

Deno.test("a sandbox's first address is its own, the others are additional", () => {
  const dual = fromSandboxStatus(fakeSandbox({ ips: ["10.88.0.2", "fd00::2"] }));
  assert.deepEqual(dual.network, { ip: "10.88.0.2", additionalIps: [{ ip: "fd00::2" }] });
  const host = fromSandboxStatus(fakeSandbox({ ips: [] }));
  assert.deepEqual(host.network, { ip: "", additionalIps: [] });
});

Deno.test("a sandbox's labels, annotations and handler are given back unchanged", () => {
  const sandbox = fakeSandbox({
    labels: { a: "1" },
    annotations: { b: "2" },
    handler: "docker",
    state: "notready",
  });
  for (const answer of [fromSandbox(sandbox), fromSandboxStatus(sandbox)]) {
    assert.deepEqual(answer.labels, new Map([["a", "1"]]));
    assert.deepEqual(answer.annotations, new Map([["b", "2"]]));
    assert.equal(answer.runtimeHandler, "docker");
    assert.equal(answer.state, PodSandboxState.SANDBOX_NOTREADY);
    assert.ok(answer.createdAt > 0n);
  }
});

Deno.test("a container's status tells only what its state has", () => {
  const created = fromContainerStatus(fakeCreated());
  assert.equal(created.state, ContainerState.CONTAINER_CREATED);
  assert.deepEqual([created.startedAt, created.finishedAt], [0n, 0n]);
  const running = fromContainerStatus(fakeContainer());
  assert.equal(running.state, ContainerState.CONTAINER_RUNNING);
  assert.ok(running.startedAt > 0n);
  assert.equal(running.finishedAt, 0n);
  const exited = fromContainerStatus(fakeExited(137));
  assert.equal(exited.state, ContainerState.CONTAINER_EXITED);
  assert.ok(exited.finishedAt > exited.startedAt);
  assert.deepEqual([exited.exitCode, exited.reason], [137, "Error"]);
  const lost: Container = {
    ...fakeContainer(),
    state: "unknown",
    reason: "EngineAway",
    message: "dockerd is down",
  };
  const unknown = fromContainerStatus(lost);
  assert.equal(unknown.state, ContainerState.CONTAINER_UNKNOWN);
  assert.deepEqual([unknown.reason, unknown.startedAt], ["EngineAway", 0n]);
});

Deno.test("one id names a container's image in every field", () => {
  const container = fakeContainer();
  for (const answer of [fromContainer(container), fromContainerStatus(container)]) {
    assert.equal(answer.imageRef, container.imageId);
    assert.equal(answer.imageId, container.imageId);
    assert.equal(answer.image?.image, "busybox");
  }
});

Deno.test("a container whose image has no name shows its id", () => {
  const image = { image: "", annotations: {}, userSpecifiedImage: "", runtimeHandler: "" };
  const container = fakeContainer({ image });
  assert.equal(fromContainerStatus(container).image?.image, container.imageId);
});

Deno.test("a container's status carries what an in-place resize waits for", () => {
  const { resources } = fromContainerStatus(fakeContainer());
  assert.equal(resources?.linux?.cpuQuota, 50_000n);
  assert.equal(resources?.linux?.memoryLimitInBytes, 64n * 1024n * 1024n);
});

Deno.test("a container's status shows user and stop signal where they are known", () => {
  const status = fromContainerStatus(
    fakeContainer({ user: { uid: 1n, gid: 2n, groups: [3n] }, stopSignal: "SIGINT" }),
  );
  assert.deepEqual(status.user, { linux: { uid: 1n, gid: 2n, supplementalGroups: [3n] } });
  assert.equal(status.stopSignal, Signal.SIGINT);
  assert.equal(fromContainerStatus(fakeContainer()).user, undefined);
});

Deno.test("a mount survives the way into the domain and back", () => {
  const range = { containerId: 0, hostId: 1, length: 2 };
  const mount = {
    containerPath: "/c",
    hostPath: "/h",
    readonly: true,
    selinuxRelabel: true,
    propagation: 0,
    uidMappings: [range],
    gidMappings: [range],
    recursiveReadOnly: true,
    image: undefined,
    imageSubPath: "",
    mountOptions: [],
  };
  assert.deepEqual(fromMount(toMount(mount, "mount")), mount);
});

Deno.test("an image volume shows which image it is once that is known", () => {
  const asked = { containerPath: "/c", image: { image: "data:1" }, readonly: true };
  const mount = toMount(WireMount.fromPartial(asked), "mount");
  assert.equal(fromMount(mount).image?.imageRef, "");
  const shown = fromMount({ ...mount, imageId: imageId("sha256:1") }).image;
  assert.deepEqual([shown?.image, shown?.imageRef], ["data:1", "sha256:1"]);
});

Deno.test("an image has a user or a user name, and a size above zero", () => {
  const numeric = fromImage(fakeImage({ uid: 1000n, username: "ignored", sizeBytes: 0n }));
  assert.deepEqual(numeric.uid, { value: 1000n });
  assert.equal(numeric.username, "");
  assert.equal(numeric.size, 1n);
  const named = fromImage(fakeImage({ username: "www" }));
  assert.equal(named.uid, undefined);
  assert.equal(named.username, "www");
});

Deno.test("credentials without any secret are none", () => {
  const empty = {
    username: "",
    password: "",
    auth: "",
    serverAddress: "registry.example",
    identityToken: "",
    registryToken: "",
  };
  assert.equal(toAuth(undefined), undefined);
  assert.equal(toAuth(empty), undefined);
  assert.equal(toAuth({ ...empty, registryToken: "t" })?.registryToken, "t");
});

Deno.test("a filter's empty id means every id", () => {
  const labelSelector = new Map([["a", "b"]]);
  assert.equal(toSandboxFilter(undefined), undefined);
  assert.deepEqual(toSandboxFilter({ id: "", state: undefined, labelSelector }), {
    labels: { a: "b" },
  });
  assert.deepEqual(toSandboxFilter({ id: "x", state: { state: 1 }, labelSelector }), {
    id: "x",
    state: "notready",
    labels: { a: "b" },
  });
  assert.deepEqual(
    toContainerFilter({ id: "", state: { state: 2 }, podSandboxId: "p", labelSelector }),
    { sandboxId: "p", state: "exited", labels: { a: "b" } },
  );
  assert.throws(
    () => toContainerFilter({ id: "", state: { state: beyond }, podSandboxId: "", labelSelector }),
    { code: "InvalidArgument" },
  );
});

Deno.test("what was not measured is absent, not zero", () => {
  const stats = fromContainerStats({
    container: fakeContainer(),
    memory: { timestampNs: 1n, workingSetBytes: 0n },
  });
  assert.equal(stats.cpu, undefined);
  assert.deepEqual(stats.memory?.workingSetBytes, { value: 0n });
  assert.equal(stats.memory?.rssBytes, undefined);
  assert.equal(stats.writableLayer, undefined);
});

Deno.test("a pod's interface of CNI is its default one, without it the first", () => {
  const nic = { rxBytes: 1n, rxErrors: 0n, txBytes: 2n, txErrors: 0n };
  const told = (...names: string[]) => {
    const interfaces = names.map((name) => ({ name, ...nic }));
    const network = { timestampNs: 5n, interfaces };
    const { linux } = fromSandboxStats({ sandbox: fakeSandbox(), containers: [], network });
    const others = linux?.network?.interfaces.map(({ name }) => name);
    return [linux?.network?.defaultInterface?.name, others];
  };
  assert.deepEqual(told("eth0", "eth1"), ["eth0", ["eth1"]]);
  assert.deepEqual(told("tunl0", "eth0", "net1"), ["eth0", ["tunl0", "net1"]]);
  assert.deepEqual(told("wan", "lan"), ["wan", ["lan"]]);
});

Deno.test("a pod that has lost its interfaces has no figures of a network, as kubelets crash on none", () => {
  const stats = fromSandboxStats({
    sandbox: fakeSandbox(),
    containers: [],
    network: { timestampNs: 5n, interfaces: [] },
  });
  assert.notEqual(stats.linux, undefined);
  assert.equal(stats.linux?.network, undefined);
});
