/**
 * frakti killed in the middle of its calls. Delays are drawn at random, so that many runs meet
 * many moments; the ones that matter most are met for sure by plugins that wait.
 */

import assert from "node:assert/strict";
import { status } from "../support/cri_client.ts";
import { debianPluginDir, waitFor } from "../support/mod.ts";
import { machineAgrees, machineHolds, nothing } from "./inventory.ts";
import { makeSlowPlugins } from "./slow_plugins.ts";
import {
  busybox,
  createContainer,
  created,
  exited,
  podConfig,
  pullIfAbsent,
  readLog,
  ready,
  removePod,
  restartFrakti,
  running,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  statusOf,
  stopNow,
  type TestPod,
} from "./support.ts";

const plugins = await makeSlowPlugins(["bridge", "host-local", "portmap"]);
const node = await startNode({ network: { binDirs: [plugins.binDir, debianPluginDir] } });
await pullIfAbsent(node, busybox);
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

/** An orphan without a record is removed in a round of reconciliation, a minute apart. */
const settleMs = 90_000;

/** Kills frakti while `call` runs and starts it again; whether the call had answered. */
async function killDuring(call: Promise<unknown>, delayMs: number): Promise<boolean> {
  const answered = call.then(() => true, (error: { code?: number }) => {
    assert.equal(error.code, status.UNAVAILABLE);
    return false;
  });
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  await restartFrakti(node);
  return await answered;
}

/** Delays spread over `spanMs`, each somewhere in its own part of it. */
function delays(rounds: number, spanMs: number): number[] {
  return Array.from({ length: rounds }, (_, round) => (round + Math.random()) * spanMs / rounds);
}

async function listedPods(): Promise<string[]> {
  const { items } = await node.cri.runtime.listPodSandbox({ filter: { state: { state: ready } } });
  return items.map(({ id }) => id);
}

Deno.test("killed in RunPodSandbox, the pod is there or gone without a trace", async () => {
  for (const delayMs of delays(5, 1500)) {
    const config = podConfig(node, "run");
    const answered = await killDuring(node.cri.runtime.runPodSandbox({ config }), delayMs);
    await machineAgrees(node, settleMs);
    const before = await listedPods();
    assert.equal(before.length <= 1 && (before.length === 1 || !answered), true);
    const { podSandboxId } = await node.cri.runtime.runPodSandbox({ config });
    assert.ok(before.length === 0 || before[0] === podSandboxId, "a repeat finds the first");
    await machineAgrees(node);
    await removePod(node, { id: podSandboxId, config });
  }
  await machineHolds(node, nothing);
});

for (const plugin of ["bridge", "host-local", "portmap"]) {
  Deno.test(`killed while plugin ${plugin} adds a pod, nothing of the pod stays`, async () => {
    await plugins.hold(plugin, "ADD");
    const config = podConfig(node, "add", {
      portMappings: [{ protocol: 0, containerPort: 80, hostPort: 21_080 }],
    });
    const call = node.cri.runtime.runPodSandbox({ config });
    call.catch(() => {});
    await plugins.isHeld(plugin, "ADD");
    const restarting = killDuring(call, 0);
    // The plugin outlives frakti and goes on whenever it likes: before, while or after it is undone.
    await new Promise((resolve) => setTimeout(resolve, 1500 * Math.random()));
    await plugins.release(plugin, "ADD");
    assert.equal(await restarting, false);
    await machineHolds(node, nothing, settleMs);
    await removePod(node, await runPod(node, "next"));
  });
}

Deno.test("killed while a pod is being detached, its lease goes back after the restart", async () => {
  const pod = await runPod(node, "del");
  await plugins.hold("bridge", "DEL");
  const call = node.cri.runtime.stopPodSandbox({ podSandboxId: pod.id });
  call.catch(() => {});
  await plugins.isHeld("bridge", "DEL");
  const restarting = killDuring(call, 0);
  await plugins.release("bridge", "DEL");
  assert.equal(await restarting, false);
  await waitFor(
    "the lease goes back",
    { timeoutMs: settleMs },
    async () => (await node.network.leases()).length === 0,
  );
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("killed in CreateContainer, the container is there once or not at all", async () => {
  const pod = await runPod(node, "create");
  for (const [round, delayMs] of delays(4, 120).entries()) {
    const config = shellContainer(`main-${round}`, "sleep 10000");
    const answered = await killDuring(createContainer(node, pod, config), delayMs);
    await machineAgrees(node, settleMs);
    const { containers } = await node.cri.runtime.listContainers({});
    const found = containers.filter(({ metadata }) => metadata?.name === `main-${round}`);
    assert.ok(found.length === 1 || (found.length === 0 && !answered));
    const id = await createContainer(node, pod, config);
    assert.ok(found.length === 0 || found[0]?.id === id, "a repeat finds the first");
  }
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("killed in StartContainer, the container is created or runs, with its whole log", async () => {
  const pod = await runPod(node, "start");
  for (const [round, delayMs] of delays(4, 400).entries()) {
    const name = `main-${round}`;
    const id = await createContainer(node, pod, shellContainer(name, "echo begin; sleep 10000"));
    await killDuring(node.cri.runtime.startContainer({ containerId: id }), delayMs);
    await machineAgrees(node, settleMs);
    if ((await statusOf(node, id)).state === created) {
      await node.cri.runtime.startContainer({ containerId: id });
    }
    assert.equal((await statusOf(node, id)).state, running);
    await waitFor(
      "the log",
      {},
      async () => /^\S+ stdout F begin\n$/.test(await readLog(pod, name)),
    );
  }
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("killed in StopContainer, the container ends when it is stopped again", async () => {
  const pod = await runPod(node, "stop");
  for (const [round, delayMs] of delays(3, 500).entries()) {
    const name = `main-${round}`;
    const id = await startContainer(node, pod, shellContainer(name, "echo begin; sleep 10000"));
    // Until the shell runs it is the runtime's own process that the signal ends, in its own way.
    await waitFor("the shell runs", {}, async () => (await readLog(pod, name)).includes("begin"));
    const stop = node.cri.runtime.stopContainer({ containerId: id, timeout: round % 2 });
    await killDuring(stop, delayMs);
    await machineAgrees(node, settleMs);
    await stopNow(node, id);
    const end = await statusOf(node, id);
    assert.equal(end.state, exited);
    assert.equal(end.exitCode, 137);
  }
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("killed in RemovePodSandbox, a repeat removes what is left", async () => {
  for (const delayMs of delays(3, 600)) {
    const pod: TestPod = await runPod(node, "remove");
    await startContainer(node, pod, shellContainer("main", "sleep 10000"));
    await killDuring(node.cri.runtime.removePodSandbox({ podSandboxId: pod.id }), delayMs);
    // What Docker has lost by then stays listed, with its end, until the client asks again.
    await node.cri.runtime.removePodSandbox({ podSandboxId: pod.id });
    await machineHolds(node, nothing);
  }
});

Deno.test("killed in PullImage, the image can be pulled and is whole", async () => {
  const image = "gcr.io/k8s-staging-cri-tools/test-image-latest";
  for (const delayMs of delays(2, 400)) {
    await node.cri.image.removeImage({ image: { image } });
    await killDuring(node.cri.image.pullImage({ image: { image } }), delayMs);
    const { imageRef } = await node.cri.image.pullImage({ image: { image } });
    const found = await node.cri.image.imageStatus({ image: { image } });
    assert.equal(found.image?.id, imageRef);
  }
});
