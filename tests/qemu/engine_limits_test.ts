/** The limits of a container in a VM, as its own processes see them, and what it shares with others. */

import assert from "node:assert/strict";
import { noResources, podNamespaces } from "../support/configs.ts";
import { linesOf, obedient, refuses } from "../engine_contract/pods.ts";
import type { LinuxResources } from "../../src/engines/domain.ts";
import type { ContainerId } from "../../src/engines/ids.ts";
import { waitFor } from "../support/mod.ts";
import { onePod } from "./one_pod.ts";
import { inside, tryInside } from "./volume_stand.ts";

const mebibyte = 1024n * 1024n;

const { pod, newName, test: limitsTest } = await onePod();

/** A container with these limits that waits for `inside`. */
function start(resources: Partial<LinuxResources>): Promise<ContainerId> {
  return pod.start(obedient, { ...newName(), resources: { ...noResources, ...resources } });
}

function update(id: ContainerId, resources: Partial<LinuxResources>): Promise<void> {
  return pod.engine.updateContainerResources(id, { ...noResources, ...resources });
}

/** A container's own control group, which it sees as the root of all. */
const groupFiles = ["memory.max", "memory.swap.max", "cpu.max", "cpu.weight"];

async function groupOf(id: ContainerId): Promise<string[]> {
  return (await inside(pod, id, `cd /sys/fs/cgroup && cat ${groupFiles.join(" ")}`)).split("\n");
}

/** Fills its whole block at once. */
const fill = (megabytes: number) => `dd if=/dev/zero of=/dev/null bs=${megabytes}M count=1`;
const killed = 137;

limitsTest("a container's limits are those of its control group in the guest", async () => {
  const id = await start({
    memoryLimitBytes: 24n * mebibyte,
    cpuQuota: 50_000n,
    cpuPeriod: 100_000n,
    cpuShares: 1024n,
  });
  const [memory, swap, cpu, weight] = await groupOf(id);
  assert.deepEqual([memory, swap, cpu], [String(24n * mebibyte), "0", "50000 100000"]);
  const half = await start({ cpuShares: 512n });
  const [halfMemory, , halfCpu, halfWeight] = await groupOf(half);
  assert.deepEqual([halfMemory, halfCpu], ["max", "max 100000"]);
  assert.ok(Math.abs(Number(weight) / Number(halfWeight) - 2) < 0.2, `${weight} ${halfWeight}`);
  for (const one of [id, half]) await pod.engine.removeContainer(one);
});

limitsTest("limits that are changed hold inside the guest, and the others stay", async () => {
  const id = await start({ memoryLimitBytes: 16n * mebibyte, cpuQuota: 50_000n });
  assert.equal((await tryInside(pod, id, fill(24))).code, killed);

  await update(id, { memoryLimitBytes: 40n * mebibyte });
  assert.deepEqual((await groupOf(id)).slice(0, 3), [
    String(40n * mebibyte),
    "0",
    "50000 100000",
  ]);
  assert.equal((await tryInside(pod, id, fill(24))).code, 0);

  const weightBefore = (await groupOf(id))[3];
  await update(id, { cpuQuota: 20_000n, cpuPeriod: 50_000n, cpuShares: 8192n });
  const [memory, , cpu, weight] = await groupOf(id);
  assert.deepEqual([memory, cpu], [String(40n * mebibyte), "20000 50000"]);
  assert.ok(Number(weight) > Number(weightBefore), `${weightBefore} ${weight}`);

  await update(id, { memoryLimitBytes: 16n * mebibyte });
  assert.equal((await groupOf(id))[0], String(16n * mebibyte));
  assert.equal((await tryInside(pod, id, fill(24))).code, killed);

  await update(id, { cpuQuota: -1n });
  assert.equal((await groupOf(id))[2], "max 50000");
  await pod.engine.removeContainer(id);
});

limitsTest("limits that are refused change nothing", async () => {
  const id = await start({ memoryLimitBytes: 32n * mebibyte, cpuQuota: 50_000n });
  const before = await groupOf(id);
  await refuses("InvalidArgument", update(id, { cpuPeriod: 1n }));
  await refuses("InvalidArgument", update(id, { memoryLimitBytes: -2n }));
  assert.deepEqual(await groupOf(id), before);
  await pod.engine.removeContainer(id);
});

limitsTest("limits of a container that was not started yet hold from its start", async () => {
  const resources = { ...noResources, memoryLimitBytes: 16n * mebibyte };
  const id = await pod.create(pod.script(obedient, { ...newName(), resources }));
  await update(id, { memoryLimitBytes: 32n * mebibyte, cpuQuota: 30_000n });
  await pod.engine.startContainer(id);
  const [memory, , cpu] = await groupOf(id);
  assert.deepEqual([memory, cpu], [String(32n * mebibyte), "30000 100000"]);
  await pod.engine.removeContainer(id);
});

const rlimitsScript = "ulimit -n; ulimit -Hn; ulimit -u; ulimit -c; ulimit -Hc";

limitsTest("processes have many files, no core, and the OOM score that was asked for", async () => {
  const config = pod.script(`${rlimitsScript}; cat /proc/self/oom_score_adj; ${obedient}`, {
    ...newName(),
    resources: { ...noResources, oomScoreAdj: 321n },
  });
  const id = await pod.create(config);
  await pod.engine.startContainer(id);
  const usual = ["1048576", "1048576", "unlimited", "0", "unlimited"];
  const own = await waitFor("all of its words", {}, async () => {
    const lines = linesOf(await pod.log(config.metadata.name));
    return lines.length === usual.length + 1 ? lines : undefined;
  });
  assert.deepEqual(own, [...usual, "321"]);
  // Also those that are run in it later.
  assert.deepEqual((await inside(pod, id, rlimitsScript)).split("\n"), usual);
  assert.equal(await inside(pod, id, "cat /proc/self/oom_score_adj"), "321");
  const spared = await start({ oomScoreAdj: -998n });
  assert.equal(await inside(pod, spared, "cat /proc/1/oom_score_adj"), "-998");
  for (const one of [id, spared]) await pod.engine.removeContainer(one);
});

limitsTest(
  "what is run in a container and takes too much is killed, not the container",
  async () => {
    const id = await start({ memoryLimitBytes: 16n * mebibyte, oomScoreAdj: 999n });
    assert.equal((await tryInside(pod, id, fill(24))).code, killed);
    assert.equal(await inside(pod, id, "echo alive"), "alive");
    await pod.engine.removeContainer(id);
  },
);

limitsTest(
  "containers of a pod share its network, IPC and host name, and have the rest apart",
  async () => {
    const kinds = ["net", "ipc", "uts", "user", "mnt", "cgroup", "pid"];
    const script = kinds.map((kind) => `readlink /proc/self/ns/${kind}`).join(" && ");
    const namespaces = async (id: ContainerId) => (await inside(pod, id, script)).split("\n");
    const own = await Promise.all([start({}), start({})]);
    const { security } = pod.script("");
    const shared = { ...security, namespaces: { ...podNamespaces, pid: "pod" as const } };
    const together = await Promise.all(
      [1, 2].map(() => pod.start(obedient, { ...newName(), security: shared })),
    );
    const ids = [...own, ...together];
    // They all run meanwhile: the kernel gives numbers of namespaces that are gone to new ones.
    const found = await Promise.all(ids.map(namespaces));
    const counts = kinds.map((kind, index) => [kind, new Set(found.map((of) => of[index])).size]);
    assert.deepEqual(Object.fromEntries(counts), {
      ...{ net: 1, ipc: 1, uts: 1, user: 1 },
      ...{ mnt: 4, cgroup: 4 },
      // Two of their own, and the pod's for those that asked for it.
      pid: 3,
    });
    for (const id of ids) await pod.engine.removeContainer(id);
  },
);

limitsTest("a container that targets another sees its processes, and no other does", async () => {
  const target = await start({});
  await inside(pod, target, "sleep 4711 >/dev/null 2>&1 &");
  const security = (pid: "target" | "container", targetId = "") => ({
    ...pod.script("").security,
    namespaces: { ...podNamespaces, pid, targetId },
  });
  const debugging = await pod.start(obedient, {
    ...newName(),
    security: security("target", target),
  });
  const apart = await pod.start(obedient, { ...newName(), security: security("container") });

  assert.match(await inside(pod, debugging, "ps"), /sleep 4711/);
  assert.doesNotMatch(await inside(pod, apart, "ps"), /sleep 4711/);
  const namespace = "readlink /proc/self/ns/pid";
  assert.equal(await inside(pod, debugging, namespace), await inside(pod, target, namespace));
  assert.notEqual(await inside(pod, apart, namespace), await inside(pod, target, namespace));
  // Process 1 is the target's, and its files are in reach, which is what one debugs with.
  await inside(pod, target, "echo mine > /only-there");
  assert.equal(await inside(pod, debugging, "cat /proc/1/root/only-there"), "mine");

  await pod.engine.removeContainer(debugging);
  assert.equal(pod.engine.container(target)?.state, "running");
  await inside(pod, target, "ps | grep -q 'sleep 471[1]'");
  await pod.engine.stopContainer(target, 0);
  await refuses(
    "FailedPrecondition",
    pod.create(pod.script(obedient, { ...newName(), security: security("target", target) })),
  );
  await refuses(
    "NotFound",
    pod.create(pod.script(obedient, { ...newName(), security: security("target", "nobody") })),
  );
  for (const one of [target, apart]) await pod.engine.removeContainer(one);
});
