import assert from "node:assert/strict";
import { type Init, status } from "../support/cri_client.ts";
import { type ContainerConfig, Signal } from "../../src/cri/generated/v1/config.ts";
import { makeImage, makeLayer, pushImage, startRegistry, waitFor } from "../support/mod.ts";
import { machineAgrees, machineHolds, nothing } from "./inventory.ts";
import {
  busybox,
  createContainer,
  created,
  exited,
  exitOf,
  podConfig,
  podStatusOf,
  pullIfAbsent,
  readLog,
  ready,
  removePod,
  running,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  startReady,
  statusOf,
  stopNow,
} from "./support.ts";

const node = await startNode();
const pod = await runPod(node, "lifecycle");
Deno.test.afterAll(async () => {
  await removePod(node, pod);
  await machineHolds(node, nothing);
  await node[Symbol.asyncDispose]();
});

const { runtime } = node.cri;
const utf8 = (text: string) => new TextEncoder().encode(text);
let containers = 0;

/** What a container prints, line by line. */
async function printed(config: Init<ContainerConfig>): Promise<string[]> {
  const name = `printing-${++containers}`;
  const id = await startContainer(node, pod, {
    ...config,
    metadata: { name, attempt: 0 },
    logPath: `${name}.log`,
  });
  await exitOf(node, id);
  const lines = (await readLog(pod, name)).split("\n").slice(0, -1);
  return lines.map((line) => line.split(" ").slice(3).join(" "));
}

Deno.test("command and args replace the image's own as Kubernetes says", async () => {
  await using registry = await startRegistry({ withImages: true });
  const layer = makeLayer([{
    type: "file",
    path: "show",
    mode: 0o755,
    content: '#!/bin/sh\necho "$0"\nfor word in "$@"; do echo "[$word]"; done\n',
  }]);
  const base = `${registry.host}/e2e-test-images/busybox:1.29-2`;
  await pullIfAbsent(node, base);
  // Docker builds nothing here: busybox is mounted in from the host's side instead.
  const image = makeImage([layer], { Entrypoint: ["/show", "fixed"], Cmd: ["default"] });
  await pushImage(registry, "own/show", "1", image);
  const shell = (await node.dockerd.docker(["create", "--network=none", base, "true"])).trim();
  const bin = await Deno.makeTempDir();
  await node.dockerd.docker(["cp", `${shell}:/bin/.`, bin]);
  await node.dockerd.docker(["rm", shell]);
  const run = (more: Init<ContainerConfig>) =>
    printed({
      image: { image: `${registry.host}/own/show:1` },
      mounts: [{ hostPath: bin, containerPath: "/bin", readonly: true }],
      ...more,
    });
  assert.deepEqual(await run({}), ["/show", "[fixed]", "[default]"]);
  assert.deepEqual(await run({ args: ["a", "b c"] }), ["/show", "[fixed]", "[a]", "[b c]"]);
  assert.deepEqual(await run({ command: ["/show", "x"] }), ["/show", "[x]"]);
  assert.deepEqual(await run({ command: ["/show"], args: ["y"] }), ["/show", "[y]"]);
});

Deno.test("environment, working directory and its values arrive byte for byte", async () => {
  const lines = await printed({
    image: { image: busybox },
    command: ["sh", "-c", 'pwd; echo "$PLAIN"; echo "$EMPTY|"; echo "$ODD"; echo "$LATER"'],
    workingDir: "/var/made/for-it",
    envs: [
      { key: "PLAIN", value: utf8("a=b c") },
      { key: "EMPTY", value: utf8("") },
      { key: "ODD", value: utf8("ключ \"'$`") },
      { key: "LATER", value: utf8("first") },
      { key: "LATER", value: utf8("second") },
    ],
  });
  assert.deepEqual(lines, ["/var/made/for-it", "a=b c", "|", "ключ \"'$`", "second"]);
  const log = await node.frakti.log();
  assert.ok(!log.includes("ключ"), "values of the environment are in no log");
});

Deno.test("a second stop with a shorter grace shortens the wait of the first", async () => {
  const script = "trap '' TERM; echo ready; while :; do sleep 0.1; done";
  const id = await startReady(node, pod, shellContainer("shortened", script));
  const first = runtime.stopContainer({ containerId: id, timeout: 100 });
  await new Promise((resolve) => setTimeout(resolve, 500)); // For the first to have begun.
  assert.equal((await statusOf(node, id)).state, running);
  await runtime.stopContainer({ containerId: id, timeout: 1 });
  await first;
  assert.equal((await statusOf(node, id)).exitCode, 137);
});

Deno.test("a stop whose client goes away goes on", async () => {
  const script = "trap 'sleep 2; exit 11' TERM; echo ready; while :; do sleep 0.1; done";
  const id = await startReady(node, pod, shellContainer("left", script));
  const gone = new AbortController();
  const stop = runtime.stopContainer({ containerId: id, timeout: 60 }, { signal: gone.signal });
  const cancelled = assert.rejects(stop, { code: status.CANCELLED });
  await new Promise((resolve) => setTimeout(resolve, 500)); // For the stop to have begun.
  gone.abort();
  await cancelled;
  assert.equal((await exitOf(node, id)).exitCode, 11);
});

Deno.test("a container is stopped with the signal it or its image names", async () => {
  const traps = "trap 'exit 21' USR1; trap 'exit 22' TERM";
  const script = `${traps}; echo ready; while :; do sleep 0.1; done`;
  const id = await startReady(node, pod, {
    ...shellContainer("signalled", script),
    stopSignal: Signal.SIGUSR1,
  });
  assert.equal((await statusOf(node, id)).stopSignal, Signal.SIGUSR1);
  await runtime.stopContainer({ containerId: id, timeout: 60 });
  assert.equal((await statusOf(node, id)).exitCode, 21);
  const plain = await startReady(node, pod, shellContainer("terminated", script));
  await runtime.stopContainer({ containerId: plain, timeout: 60 });
  assert.equal((await statusOf(node, plain)).exitCode, 22);
});

Deno.test("a sandbox whose client goes away is finished, and a repeat finds it", async () => {
  const config = podConfig(node, "abandoned");
  const gone = new AbortController();
  const call = runtime.runPodSandbox({ config }, { signal: gone.signal });
  const cancelled = assert.rejects(call, { code: status.CANCELLED });
  await new Promise((resolve) => setTimeout(resolve, 200)); // Somewhere in the middle.
  gone.abort();
  await cancelled;
  const { podSandboxId } = await runtime.runPodSandbox({ config });
  const { items } = await runtime.listPodSandbox({});
  const found = items.filter(({ metadata }) => metadata?.name === "abandoned");
  assert.deepEqual(found.map(({ id }) => id), [podSandboxId]);
  const abandoned = { id: podSandboxId, config };
  assert.equal((await podStatusOf(node, abandoned)).state, ready);
  await machineAgrees(node);
  await removePod(node, abandoned);
});

Deno.test("a container whose client goes away is there for the repeat", async () => {
  const config = shellContainer("abandoned", "sleep 10000");
  const gone = new AbortController();
  const request = { podSandboxId: pod.id, config, sandboxConfig: pod.config };
  const call = runtime.createContainer(request, { signal: gone.signal });
  const ended = call.then(() => {}, () => {});
  gone.abort();
  await ended;
  const { containerId } = await runtime.createContainer(request);
  assert.equal((await statusOf(node, containerId)).state, created);
  await machineAgrees(node);
  await runtime.removeContainer({ containerId });
});

Deno.test("the same container asked for twice is one, another configuration is refused", async () => {
  const config = shellContainer("twice", "sleep 10000");
  const id = await createContainer(node, pod, config);
  assert.equal(await createContainer(node, pod, config), id);
  await assert.rejects(createContainer(node, pod, { ...config, args: ["other"] }), {
    code: status.ALREADY_EXISTS,
  });
  const attempt = await createContainer(node, pod, {
    ...config,
    metadata: { name: "twice", attempt: 1 },
  });
  assert.notEqual(attempt, id);
  await runtime.removeContainer({ containerId: id });
  await runtime.removeContainer({ containerId: attempt });
});

Deno.test("removing a running container kills it; removing it again is fine", async () => {
  const id = await startContainer(node, pod, shellContainer("removed", "sleep 10000"));
  await Promise.all([
    runtime.removeContainer({ containerId: id }),
    runtime.removeContainer({ containerId: id }),
    runtime.stopContainer({ containerId: id, timeout: 5 }),
  ]);
  await runtime.removeContainer({ containerId: id });
  await assert.rejects(runtime.containerStatus({ containerId: id }), { code: status.NOT_FOUND });
  const { containers } = await runtime.listContainers({ filter: { id } });
  assert.deepEqual(containers, []);
});

Deno.test("lists are narrowed by id, state, sandbox and labels", async () => {
  const other = await runPod(node, "filtered", { labels: { tier: "back" } });
  const labels = { role: "one" };
  const one = await startContainer(node, other, shellContainer("one", "sleep 10000", { labels }));
  const two = await createContainer(node, other, shellContainer("two", "sleep 10000"));
  const list = async (
    filter: NonNullable<Parameters<typeof runtime.listContainers>[0]>["filter"],
  ) => (await runtime.listContainers({ filter })).containers.map(({ id }) => id).toSorted();
  assert.deepEqual(await list({ podSandboxId: other.id }), [one, two].toSorted());
  assert.deepEqual(await list({ podSandboxId: other.id, state: { state: running } }), [one]);
  assert.deepEqual(await list({ labelSelector: labels }), [one]);
  assert.deepEqual(await list({ id: two }), [two]);
  assert.deepEqual(await list({ id: two, state: { state: exited } }), []);
  const pods = await runtime.listPodSandbox({ filter: { labelSelector: { tier: "back" } } });
  assert.deepEqual(pods.items.map(({ id }) => id), [other.id]);
  await removePod(node, other);
});

Deno.test("stopping a pod while its containers start leaves none of them running", async () => {
  for (let round = 0; round < 3; round++) {
    const racing = await runPod(node, "racing");
    const ids = await Promise.all(
      ["one", "two"].map((name) =>
        createContainer(node, racing, shellContainer(name, "sleep 10000"))
      ),
    );
    const starts = ids.map((containerId) =>
      runtime.startContainer({ containerId }).catch(() => {})
    );
    await runtime.stopPodSandbox({ podSandboxId: racing.id });
    await Promise.all(starts);
    for (const id of ids) {
      await waitFor(
        "it does not run",
        {},
        async () => (await statusOf(node, id)).state !== running,
      );
    }
    await machineAgrees(node);
    await removePod(node, racing);
  }
});

Deno.test("times of a container are in order and of now", async () => {
  const before = BigInt(Date.now()) * 1_000_000n;
  const id = await createContainer(node, pod, shellContainer("timed", "sleep 10000"));
  assert.equal((await statusOf(node, id)).startedAt, 0n);
  await runtime.startContainer({ containerId: id });
  await stopNow(node, id);
  const { createdAt, startedAt, finishedAt } = await statusOf(node, id);
  const slackNs = 2_000_000_000n; // Two programs read the clock.
  assert.ok(createdAt >= before - slackNs && startedAt >= createdAt - slackNs);
  assert.ok(finishedAt >= startedAt && finishedAt <= BigInt(Date.now()) * 1_000_000n + slackNs);
});
