/**
 * dockerd killed, stopped and started again under frakti: with live-restore, where containers go
 * on, and without, where they end.
 */

import assert from "node:assert/strict";
import { status } from "../support/cri_client.ts";
import { waitFor } from "../support/mod.ts";
import { machineAgrees, machineHolds, nothing } from "./inventory.ts";
import { outputOf, parseLog } from "./log_lines.ts";
import {
  conditionIs,
  createContainer,
  created,
  execText,
  exited,
  exitOf,
  notReady,
  podConfig,
  podEndOf,
  podStatusOf,
  readLog,
  ready,
  removePod,
  running,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  statusOf,
  stopNow,
  type TestNode,
} from "./support.ts";

const surviving = await startNode({ dockerd: { liveRestore: true } });
const ending = await startNode();
Deno.test.afterAll(async () => {
  await surviving[Symbol.asyncDispose]();
  await ending[Symbol.asyncDispose]();
});

// What ends when it is asked to: a dockerd that is started again ends what it finds.
const waiting = "trap 'exit 0' TERM; while :; do usleep 50000; done";
const counting = "trap 'exit 9' TERM; i=0; while :; do i=$((i+1)); echo $i; usleep 10000; done";

async function listsOf(node: TestNode) {
  const { items } = await node.cri.runtime.listPodSandbox({});
  const { containers } = await node.cri.runtime.listContainers({});
  return { items, containers };
}

/** Asserts that every line from 1 on is in the log, once and in order. */
function assertCounts(log: string): number {
  const numbers = outputOf(parseLog(log)).split("\n").slice(0, -1);
  numbers.forEach((text, index) => assert.equal(text, String(index + 1)));
  return numbers.length;
}

Deno.test("while dockerd is away lists and status answer, changes are Unavailable", async () => {
  const node = surviving;
  const { runtime, image } = node.cri;
  const pod = await runPod(node, "away");
  const id = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
  const fresh = await createContainer(node, pod, shellContainer("fresh", "true"));
  const before = await listsOf(node);
  await node.dockerd.kill();
  const condition = await conditionIs(node, "RuntimeReady", false);
  assert.notEqual(condition.reason, "");
  assert.notEqual(condition.message, "");

  assert.deepEqual(await listsOf(node), before);
  assert.equal((await podStatusOf(node, pod)).state, ready);
  assert.equal((await statusOf(node, id)).state, running);
  assert.ok((await runtime.runtimeConfig({})).linux !== undefined);
  assert.equal((await runtime.runtimeConfig({})).linux?.cgroupDriver, 1);
  assert.equal((await runtime.version({})).version, "0.1.0");

  const config = podConfig(node, "refused");
  const calls: readonly (() => Promise<unknown>)[] = [
    () => runtime.stopPodSandbox({ podSandboxId: pod.id }),
    () => runtime.removePodSandbox({ podSandboxId: pod.id }),
    () => runtime.stopContainer({ containerId: id, timeout: 1 }),
    () => runtime.removeContainer({ containerId: id }),
    () => runtime.startContainer({ containerId: fresh }),
    () => runtime.runPodSandbox({ config }),
    () => runtime.execSync({ containerId: id, cmd: ["true"], timeout: 10 }),
    () => image.pullImage({ image: { image: "registry.k8s.io/pause:3.9" } }),
  ];
  for (const call of calls) {
    await assert.rejects(call(), { code: status.UNAVAILABLE }, String(call));
  }
  // Ids that nobody knows are gone for sure.
  await runtime.stopPodSandbox({ podSandboxId: "unknown" });
  await runtime.removeContainer({ containerId: "unknown" });

  await node.dockerd.start();
  await conditionIs(node, "RuntimeReady", true);
  assert.deepEqual(await listsOf(node), before);
  assert.equal(await execText(node, id, ["echo", "alive"]), "alive");
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("a start whose answer was lost has not ended the container", async () => {
  const node = surviving;
  const { runtime } = node.cri;
  const pod = await runPod(node, "unanswered");
  const id = await createContainer(node, pod, shellContainer("main", "echo up; sleep 10000"));
  node.dockerd.freeze();
  const start = assert.rejects(runtime.startContainer({ containerId: id }), {
    code: status.UNAVAILABLE,
  });
  await new Promise((resolve) => setTimeout(resolve, 500)); // For the request to be sent.
  await node.dockerd.kill();
  await start;
  assert.equal((await statusOf(node, id)).state, created);
  await node.dockerd.start();
  await conditionIs(node, "RuntimeReady", true);
  await runtime.startContainer({ containerId: id });
  await waitFor("its output", {}, async () => (await readLog(pod, "main")).includes(" up\n"));
  assert.equal((await statusOf(node, id)).state, running);
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("with live-restore containers and their logs go on through kill -9 of dockerd", async () => {
  const node = surviving;
  const pod = await runPod(node, "live");
  const id = await startContainer(node, pod, shellContainer("main", counting));
  const { startedAt } = await statusOf(node, id);
  for (let round = 0; round < 2; round++) {
    const lines = assertCounts(await readLog(pod, "main"));
    await node.dockerd.kill();
    await conditionIs(node, "RuntimeReady", false);
    await node.dockerd.start();
    await conditionIs(node, "RuntimeReady", true);
    await waitFor(
      "the log goes on",
      { timeoutMs: 60_000 },
      async () => (await readLog(pod, "main")).split("\n").length > lines + 100,
    );
  }
  const after = await statusOf(node, id);
  assert.equal(after.state, running);
  assert.equal(after.startedAt, startedAt);
  assert.equal((await podStatusOf(node, pod)).state, ready);
  await stopNow(node, id);
  assertCounts(await readLog(pod, "main"));
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("a command that runs when dockerd is killed is answered, with an error", async () => {
  const node = surviving;
  const pod = await runPod(node, "exec");
  const id = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
  const call = node.cri.runtime.execSync({
    containerId: id,
    cmd: ["sh", "-c", "touch /begun; sleep 5432"],
    timeout: 0,
  });
  const failed = assert.rejects(call, { code: status.UNAVAILABLE });
  await waitFor("the command runs", {}, async () => {
    const { exitCode } = await node.cri.runtime.execSync({
      containerId: id,
      cmd: ["test", "-e", "/begun"],
      timeout: 30,
    });
    return exitCode === 0;
  });
  await node.dockerd.kill();
  await conditionIs(node, "RuntimeReady", false);
  await node.dockerd.start();
  await failed;
  await conditionIs(node, "RuntimeReady", true);
  assert.equal(await execText(node, id, ["echo", "again"]), "again");
  await removePod(node, pod);
});

Deno.test("with live-restore both may be killed at once", async () => {
  const node = surviving;
  const pod = await runPod(node, "both");
  const id = await startContainer(node, pod, shellContainer("main", counting));
  const dying = await startContainer(node, pod, shellContainer("dying", "sleep 3; exit 9"));
  await waitFor("some lines", {}, async () => (await readLog(pod, "main")).length > 500);
  await Promise.all([node.dockerd.kill(), node.frakti.kill()]);
  await new Promise((resolve) => setTimeout(resolve, 3500)); // For the second to end unseen.
  const lines = (await readLog(pod, "main")).split("\n").length;
  await Promise.all([node.frakti.start(), node.dockerd.start()]);
  node.reconnect();
  await conditionIs(node, "RuntimeReady", true);
  assert.equal((await exitOf(node, dying)).state, exited);
  assert.equal((await statusOf(node, id)).state, running);
  await waitFor(
    "the log goes on",
    { timeoutMs: 60_000 },
    async () => (await readLog(pod, "main")).split("\n").length > lines + 100,
  );
  await machineAgrees(node);
  await stopNow(node, id);
  assertCounts(await readLog(pod, "main"));
  await removePod(node, pod);
});

Deno.test("without live-restore containers have ended with a reason and pods gave back their address", async () => {
  const node = ending;
  const pod = await runPod(node, "ended");
  const id = await startContainer(node, pod, shellContainer("main", counting));
  const fresh = await createContainer(node, pod, shellContainer("fresh", "true"));
  assert.equal((await node.network.leases()).length, 1);
  await node.dockerd.kill();
  await conditionIs(node, "RuntimeReady", false);
  await node.dockerd.start();
  await conditionIs(node, "RuntimeReady", true);
  const end = await exitOf(node, id);
  assert.notEqual(end.reason, "");
  assert.notEqual(end.reason, "Completed");
  assert.ok(end.finishedAt > end.startedAt);
  assert.equal((await podEndOf(node, pod)).state, notReady);
  assert.equal((await statusOf(node, fresh)).state, created);
  await waitFor("the lease goes back", {}, async () => (await node.network.leases()).length === 0);
  assertCounts(await readLog(pod, "main"));
  await machineAgrees(node);
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("an orderly stop of dockerd is the same to frakti", async () => {
  const node = ending;
  const pod = await runPod(node, "orderly");
  const id = await startContainer(node, pod, shellContainer("main", waiting));
  await node.dockerd.shutDown();
  await conditionIs(node, "RuntimeReady", false);
  assert.equal((await listsOf(node)).items.length, 1);
  await node.dockerd.start();
  await conditionIs(node, "RuntimeReady", true);
  assert.equal((await exitOf(node, id)).state, exited);
  await podEndOf(node, pod);
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("frakti that starts while dockerd is down serves what it knows and connects later", async () => {
  const node = ending;
  const pod = await runPod(node, "down");
  const id = await startContainer(node, pod, shellContainer("main", waiting));
  const before = await listsOf(node);
  await node.frakti.kill();
  await node.dockerd.kill();
  await node.frakti.start();
  node.reconnect();
  assert.equal((await conditionIs(node, "RuntimeReady", false)).status, false);
  assert.deepEqual(await listsOf(node), before);
  assert.equal((await node.cri.runtime.runtimeConfig({})).linux?.cgroupDriver, 1);
  await assert.rejects(node.cri.runtime.stopPodSandbox({ podSandboxId: pod.id }), {
    code: status.UNAVAILABLE,
  });
  await node.dockerd.start();
  await conditionIs(node, "RuntimeReady", true);
  assert.equal((await exitOf(node, id)).state, exited);
  await podEndOf(node, pod);
  await removePod(node, pod);
  await removePod(node, await runPod(node, "again"));
  await machineHolds(node, nothing);
});
