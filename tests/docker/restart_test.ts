import assert from "node:assert/strict";
import { exists, runFrakti, tryRun, waitFor } from "../support/mod.ts";
import { status } from "../support/cri_client.ts";
import { inventory, machineAgrees, machineHolds, nothing } from "./inventory.ts";
import {
  conditionOf,
  createContainer,
  created,
  execText,
  exited,
  exitOf,
  mode,
  notReady,
  podEndOf,
  podStatusOf,
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
} from "./support.ts";

const node = await startNode();
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

async function everything() {
  const { items } = await node.cri.runtime.listPodSandbox({});
  const { containers } = await node.cri.runtime.listContainers({});
  const statuses = await Promise.all(containers.map(({ id }) => statusOf(node, id)));
  const pods = await Promise.all(
    items.map(({ id }) => node.cri.runtime.podSandboxStatus({ podSandboxId: id })),
  );
  return { items, containers, statuses, pods: pods.map((pod) => pod.status) };
}

Deno.test("after kill -9 lists and status are what they were, and containers kept running", async () => {
  const labels = { app: "web", "example.com/odd_key": "" };
  const pod = await runPod(node, "kept", { labels, annotations: { note: "a\nb" } });
  const host = await runPod(node, "kept-host", {
    linux: { securityContext: { namespaceOptions: { network: mode.node, pid: mode.container } } },
  });
  const main = await startContainer(node, pod, shellContainer("main", "sleep 10000", { labels }));
  await startContainer(node, host, shellContainer("main", "sleep 10000"));
  const fresh = await createContainer(node, pod, shellContainer("fresh", "sleep 10000"));
  const ended = await startContainer(node, pod, shellContainer("ended", "exit 5"));
  await exitOf(node, ended);
  const stopped = await runPod(node, "kept-stopped");
  await node.cri.runtime.stopPodSandbox({ podSandboxId: stopped.id });
  const before = await everything();
  const machine = await inventory(node);

  await restartFrakti(node);
  assert.deepEqual(await everything(), before);
  assert.deepEqual(await inventory(node), machine);
  await machineAgrees(node);

  assert.equal(await execText(node, main, ["echo", "alive"]), "alive");
  await node.cri.runtime.startContainer({ containerId: fresh });
  assert.equal((await statusOf(node, fresh)).state, running);
  assert.equal((await statusOf(node, ended)).exitCode, 5);
  assert.equal((await node.cri.runtime.runPodSandbox({ config: pod.config })).podSandboxId, pod.id);
  for (const each of [pod, host, stopped]) await removePod(node, each);
  await machineHolds(node, nothing);
});

Deno.test("what ended while frakti was away has ended after its restart, with the reason", async () => {
  const pod = await runPod(node, "away");
  const dead = await runPod(node, "away-dead");
  const failing = await startContainer(node, pod, shellContainer("failing", "sleep 1; exit 7"));
  const waiting = await startContainer(node, dead, shellContainer("waiting", "sleep 10000"));
  const removed = await startContainer(node, pod, shellContainer("removed", "sleep 10000"));
  await node.frakti.kill();
  await node.dockerd.docker(["kill", dead.id]);
  await node.dockerd.docker(["rm", "-f", removed]);
  await waitFor("the container ends", {}, async () => {
    const state = await node.dockerd.docker(["inspect", "-f", "{{.State.Running}}", failing]);
    return state.trim() === "false";
  });
  await node.frakti.start();
  node.reconnect();
  const end = await exitOf(node, failing);
  assert.equal(end.exitCode, 7);
  assert.equal(end.reason, "Error");
  const gone = await exitOf(node, removed);
  assert.equal(gone.exitCode, 137);
  assert.notEqual(gone.reason, "");
  assert.equal((await podStatusOf(node, dead)).state, notReady);
  assert.equal((await podStatusOf(node, pod)).state, ready);
  await waitFor(
    "the dead pod gives its address back",
    {},
    async () => (await node.network.leases()).length === 1,
  );
  assert.equal((await statusOf(node, waiting)).state, running);
  await removePod(node, pod);
  await removePod(node, dead);
  await machineHolds(node, nothing);
});

Deno.test("a pause container killed from outside makes its pod not ready and frees its address", async () => {
  const pod = await runPod(node, "killed");
  const { network } = await podStatusOf(node, pod);
  assert.ok((await node.network.leases()).includes(network?.ip ?? ""));
  await node.dockerd.docker(["kill", pod.id]);
  const after = await podEndOf(node, pod);
  assert.equal(after.state, notReady);
  await waitFor("the lease goes back", {}, async () => (await node.network.leases()).length === 0);
  await machineAgrees(node);
  await assert.rejects(createContainer(node, pod, shellContainer("late", "true")), {
    code: status.FAILED_PRECONDITION,
  });
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("a pod removed from Docker behind frakti's back is not ready and can be removed", async () => {
  const pod = await runPod(node, "erased");
  const id = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
  await node.dockerd.docker(["rm", "-f", id, pod.id]);
  await podEndOf(node, pod);
  assert.equal((await exitOf(node, id)).state, exited);
  await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("SIGTERM lets calls finish, ends event streams and exits 0; pods go on", async () => {
  const pod = await runPod(node, "drained");
  const id = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
  const slow = node.cri.runtime.execSync({
    containerId: id,
    cmd: ["sh", "-c", "touch /begun; sleep 2; echo done"],
    timeout: 60,
  });
  const events = node.cri.runtime.getContainerEvents({});
  const streamEnd = (async () => {
    for await (const _event of events) continue;
  })().then(() => "ended", () => "failed");
  await waitFor("the command runs", {}, async () => {
    const { code } = await tryRun("docker", [
      ...["-H", node.dockerd.endpoint, "exec", id, "test", "-e", "/begun"],
    ]);
    return code === 0;
  });
  await node.frakti.shutDown(); // Throws unless it exits 0.
  assert.equal(new TextDecoder().decode((await slow).stdout), "done\n");
  await streamEnd;
  assert.ok(!await exists(node.frakti.socketPath), "the socket is gone");
  const state = await node.dockerd.docker(["inspect", "-f", "{{.State.Running}}", id]);
  assert.equal(state.trim(), "true");

  await node.frakti.start();
  node.reconnect();
  assert.equal((await statusOf(node, id)).state, running);
  await removePod(node, pod);
});

Deno.test("a second frakti on the same directory or socket does not start", async () => {
  await assert.rejects(runFrakti(["serve", "--config", node.frakti.configPath]), /in use/);
  assert.ok((await conditionOf(node, "RuntimeReady")).status);
});

Deno.test("killed many times, also while it starts, it comes back with its pods", async () => {
  const pod = await runPod(node, "often");
  const id = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
  const fresh = await createContainer(node, pod, shellContainer("fresh", "sleep 10000"));
  for (let round = 0; round < 5; round++) {
    await node.frakti.kill();
    // The next kill comes somewhere between its first line and its first answer.
    const starting = node.frakti.start().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 200 + 600 * Math.random()));
    await node.frakti.kill();
    await starting;
    await node.frakti.start();
  }
  node.reconnect();
  await machineAgrees(node);
  assert.equal((await statusOf(node, id)).state, running);
  assert.equal((await statusOf(node, fresh)).state, created);
  await stopNow(node, id);
  await removePod(node, pod);
  await machineHolds(node, nothing);
});
