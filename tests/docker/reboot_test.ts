/**
 * A reboot of the host, as far as frakti can tell one: another boot id, nothing runs any more, and
 * what lay on tmpfs is gone: pinned namespaces, the state directory, bridges and rules.
 */

import assert from "node:assert/strict";
import { debianPluginDir, exists, run, tryRun, waitFor } from "../support/mod.ts";
import { machineHolds, nothing } from "./inventory.ts";
import { makeSlowPlugins } from "./slow_plugins.ts";
import {
  conditionIs,
  createContainer,
  exited,
  exitOf,
  mode,
  notReady,
  podStatusOf,
  readLog,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  statusOf,
  type TestNode,
} from "./support.ts";

const plugins = await makeSlowPlugins(["bridge"]);
const node = await startNode({ network: { binDirs: [plugins.binDir, debianPluginDir] } });
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

/** Everything stops at once and comes up as after power loss; dockerd is not started. */
async function loseHost(node: TestNode): Promise<void> {
  await node.frakti.kill();
  await node.dockerd.kill();
  await run("sh", ["-c", 'for pid in $(pgrep containerd); do kill -9 "$pid"; done']);
  await endContainers();
  for await (const { name } of Deno.readDir("/run/netns")) {
    await run("umount", [`/run/netns/${name}`]);
    await Deno.remove(`/run/netns/${name}`);
  }
  await tryRun("ip", ["link", "delete", node.network.bridge]);
  await run("iptables", ["-w", "-t", "nat", "-F"]);
  await run("iptables", ["-w", "-t", "nat", "-X"]);
  await Deno.remove(node.frakti.stateDirectory, { recursive: true });
  const bootId = `${node.frakti.rootDirectory}/boot_id`;
  assert.ok(await exists(bootId));
  await Deno.writeTextFile(bootId, `${crypto.randomUUID()}\n`);
}

/** Nobody is left to end them once dockerd and containerd are gone. */
async function endContainers(): Promise<void> {
  const pids = async () => {
    const { stdout } = await tryRun("pgrep", ["-f", "^(/pause|sleep 4321|containerd-shim)"]);
    const { stdout: shims } = await tryRun("pgrep", ["-f", "containerd-shim-runc"]);
    return `${stdout}${shims}`.split("\n").filter((pid) => pid !== "");
  };
  await waitFor("nothing of the pods runs", {}, async () => {
    const left = await pids();
    for (const pid of left) await tryRun("kill", ["-9", pid]);
    return left.length === 0;
  });
}

Deno.test("after a reboot pods are not ready, with their history, and their addresses are free", async () => {
  const pod = await runPod(node, "before", {
    labels: { app: "db" },
    portMappings: [{ protocol: 0, containerPort: 80, hostPort: 21_081 }],
  });
  const host = await runPod(node, "before-host", {
    linux: { securityContext: { namespaceOptions: { network: mode.node, pid: mode.container } } },
  });
  const main = await startContainer(
    node,
    pod,
    shellContainer("main", "echo hello; exec sleep 4321"),
  );
  const fresh = await createContainer(node, pod, shellContainer("fresh", "true"));
  const done = await startContainer(node, pod, shellContainer("done", "exit 6"));
  await exitOf(node, done);
  await waitFor("the log", {}, async () => (await readLog(pod, "main")).includes("hello"));
  const before = await statusOf(node, main);
  await loseHost(node);

  await node.frakti.start();
  node.reconnect();
  for (const each of [pod, host]) assert.equal((await podStatusOf(node, each)).state, notReady);
  const status = await podStatusOf(node, pod);
  assert.equal(status.labels.get("app"), "db");
  await waitFor(
    "the lease is given back before Docker is there",
    {},
    async () => (await node.network.leases()).length === 0,
  );

  await node.dockerd.start();
  await conditionIs(node, "RuntimeReady", true);
  const end = await exitOf(node, main);
  assert.equal(end.state, exited);
  assert.notEqual(end.reason, "");
  assert.equal(end.createdAt, before.createdAt);
  assert.equal(end.startedAt, before.startedAt);
  assert.equal((await statusOf(node, done)).exitCode, 6);
  assert.match(await readLog(pod, "main"), /^\S+ stdout F hello\n$/);
  assert.ok((await statusOf(node, fresh)).createdAt > 0n);
  for (const each of [pod, host]) assert.equal((await podStatusOf(node, each)).state, notReady);

  const next = await runPod(node, "after", {
    portMappings: [{ protocol: 0, containerPort: 80, hostPort: 21_081 }],
  });
  await startContainer(node, next, shellContainer("main", "exec sleep 4321"));
  assert.equal((await podStatusOf(node, next)).state, 0);
  for (const each of [pod, host, next]) await removePod(node, each);
  await machineHolds(node, nothing);
});

/** From the start of frakti to its first answer; in a hanging DEL alone are 30 s. */
const promptMs = 15_000;

async function startPromptly(node: TestNode): Promise<void> {
  const startMs = performance.now();
  await node.frakti.start();
  node.reconnect();
  await node.cri.runtime.version({});
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < promptMs, `frakti answered after ${tookMs} ms`);
}

Deno.test("after a reboot frakti answers while plugins hang, and gives back addresses later", async () => {
  const pods = await Promise.all(
    ["one", "two", "three", "four", "five"].map((name) => runPod(node, name)),
  );
  const assertWaiting = async () => {
    for (const pod of pods) assert.equal((await podStatusOf(node, pod)).state, notReady);
    assert.equal((await node.network.leases()).length, pods.length);
  };
  await loseHost(node);
  await plugins.hold("bridge", "DEL");
  await plugins.setBroken("bridge", "DEL", true);
  await node.dockerd.start();
  await startPromptly(node);
  await plugins.isHeld("bridge", "DEL");
  await assertWaiting();

  // In the middle of it: the next start does it again.
  await node.frakti.kill();
  await startPromptly(node);
  await assertWaiting();

  // At an orderly end what hangs is not waited for long.
  await node.frakti.shutDown();
  await startPromptly(node);
  await assertWaiting();

  await plugins.release("bridge", "DEL");
  await waitFor("the plugin's words in the log", {}, async () => {
    const lines = (await node.frakti.log()).split("\n");
    return pods.every(({ id }) =>
      lines.some((line) => line.includes(id) && line.includes("its daemon is away"))
    );
  });
  await assertWaiting();
  const [first] = pods;
  assert.ok(first !== undefined);
  await assert.rejects(
    async () => await node.cri.runtime.stopPodSandbox({ podSandboxId: first.id }),
    /its daemon is away/,
  );

  await plugins.setBroken("bridge", "DEL", false);
  for (const { id } of pods) await node.cri.runtime.stopPodSandbox({ podSandboxId: id });
  assert.deepEqual(await node.network.leases(), []);
  for (const pod of pods) await removePod(node, pod);
  await machineHolds(node, nothing);
});

Deno.test("a reboot in the middle of RunPodSandbox leaves nothing", async () => {
  for (const delayMs of [300 * Math.random(), 600 + 300 * Math.random()]) {
    const call = runPod(node, "midway").catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await loseHost(node);
    await call;
    await Promise.all([node.dockerd.start(), node.frakti.start()]);
    node.reconnect();
    await conditionIs(node, "RuntimeReady", true);
    const { items } = await node.cri.runtime.listPodSandbox({});
    for (const { id } of items) {
      await node.cri.runtime.removePodSandbox({ podSandboxId: id });
    }
    await machineHolds(node, nothing, 90_000);
  }
});
