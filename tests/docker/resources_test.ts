import assert from "node:assert/strict";
import { type Init, status } from "../support/cri_client.ts";
import type { LinuxContainerResources } from "../../src/cri/generated/v1/config.ts";
import { testEnvironment, waitFor } from "../support/mod.ts";
import {
  createContainer,
  execText,
  exited,
  exitOf,
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
const pod = await runPod(node, "resources");
Deno.test.afterAll(async () => {
  await removePod(node, pod);
  await node[Symbol.asyncDispose]();
});

const mib = 1024 * 1024;
let containers = 0;

function limited(script: string, resources: Init<LinuxContainerResources>) {
  return shellContainer(`main-${++containers}`, script, { linux: { resources } });
}

/** A file of a container's cgroup (v1). */
async function cgroupFile(containerId: string, controller: string, file: string): Promise<string> {
  const { info } = await node.cri.runtime.containerStatus({ containerId, verbose: true });
  const { pid } = JSON.parse(info.get("info") ?? "{}");
  const groups = await Deno.readTextFile(`/proc/${pid}/cgroup`);
  const path = groups.split("\n").map((line) => line.split(":"))
    .find(([, controllers]) => controllers?.split(",").includes(controller))?.[2];
  return (await Deno.readTextFile(`/sys/fs/cgroup/${controller}${path}/${file}`)).trim();
}

const memoryHog = "exec dd if=/dev/zero of=/dev/null bs=200M count=1";

Deno.test("a container over its memory limit is OOMKilled with code 137", async () => {
  const config = limited(memoryHog, { memoryLimitInBytes: 24 * mib });
  const id = await startContainer(node, pod, config);
  assert.equal((await exitOf(node, id)).exitCode, 137);
  // Where the machine is busy, Docker tells why seconds after the end.
  await waitFor("the reason", { timeoutMs: 60_000 }, async () => {
    return (await exitOf(node, id)).reason === "OOMKilled";
  });
});

Deno.test("a container whose child alone was killed for memory has ended as it says", async () => {
  const script = `(${memoryHog}); echo survived; exit 0`;
  const config = limited(script, { memoryLimitInBytes: 24 * mib });
  const end = await exitOf(node, await startContainer(node, pod, config));
  assert.equal(end.exitCode, 0);
  assert.equal(end.reason, "Completed");
});

Deno.test("limits are in the cgroup and in the status", async () => {
  const resources = {
    cpuPeriod: 100_000,
    cpuQuota: 50_000,
    cpuShares: 512,
    memoryLimitInBytes: 64 * mib,
    cpusetCpus: "0",
    oomScoreAdj: 500,
  };
  const id = await startContainer(node, pod, limited("sleep 10000", resources));
  assert.equal(await cgroupFile(id, "cpu", "cpu.cfs_quota_us"), "50000");
  assert.equal(await cgroupFile(id, "cpu", "cpu.cfs_period_us"), "100000");
  assert.equal(await cgroupFile(id, "cpu", "cpu.shares"), "512");
  assert.equal(await cgroupFile(id, "cpuset", "cpuset.cpus"), "0");
  assert.equal(await cgroupFile(id, "memory", "memory.limit_in_bytes"), String(64 * mib));
  assert.equal(await cgroupFile(id, "memory", "memory.memsw.limit_in_bytes"), String(64 * mib));
  assert.equal(await execText(node, id, ["cat", "/proc/1/oom_score_adj"]), "500");
  const shown = (await statusOf(node, id)).resources?.linux;
  for (const [key, value] of Object.entries(resources)) {
    const actual = Object.entries(shown ?? {}).find(([name]) => name === key)?.[1];
    assert.equal(String(actual), String(value), key);
  }
});

Deno.test("limits change in place, in the cgroup and in the status, and outlive a restart", async () => {
  const id = await startContainer(
    node,
    pod,
    limited("sleep 10000", {
      cpuPeriod: 100_000,
      cpuQuota: 20_000,
      cpuShares: 200,
      memoryLimitInBytes: 32 * mib,
    }),
  );
  const { startedAt } = await statusOf(node, id);
  const update = (linux: Init<LinuxContainerResources>) =>
    node.cri.runtime.updateContainerResources({ containerId: id, linux });
  await update({ memoryLimitInBytes: 80 * mib });
  assert.equal(await cgroupFile(id, "memory", "memory.limit_in_bytes"), String(80 * mib));
  assert.equal(await cgroupFile(id, "cpu", "cpu.cfs_quota_us"), "20000", "left alone");
  await update({ cpuQuota: 70_000, cpuPeriod: 100_000, cpuShares: 700 });
  assert.equal(await cgroupFile(id, "cpu", "cpu.cfs_quota_us"), "70000");
  assert.equal(await cgroupFile(id, "cpu", "cpu.shares"), "700");
  await update({ memoryLimitInBytes: 40 * mib });
  assert.equal(await cgroupFile(id, "memory", "memory.limit_in_bytes"), String(40 * mib));
  const shows = async () => {
    const { resources, state } = await statusOf(node, id);
    assert.equal(state, running);
    assert.equal(resources?.linux?.memoryLimitInBytes, BigInt(40 * mib));
    assert.equal(resources?.linux?.cpuQuota, 70_000n);
    assert.equal(resources?.linux?.cpuShares, 700n);
  };
  await shows();
  await restartFrakti(node);
  await shows();
  assert.equal(
    (await statusOf(node, id)).startedAt,
    startedAt,
    "without a restart of the container",
  );

  await assert.rejects(update({ cpuPeriod: 1 }), { code: status.INVALID_ARGUMENT });
  await assert.rejects(update({ memoryLimitInBytes: 1 }), /memory/i);
  await shows();
  await stopNow(node, id);
  await assert.rejects(update({ cpuShares: 300 }), { code: status.FAILED_PRECONDITION });
  await assert.rejects(
    node.cri.runtime.updateContainerResources({ containerId: "unknown", linux: {} }),
    { code: status.NOT_FOUND },
  );
});

Deno.test("limits of a container that was not started yet can be changed", async () => {
  const id = await createContainer(
    node,
    pod,
    limited("sleep 10000", { memoryLimitInBytes: 32 * mib }),
  );
  await node.cri.runtime.updateContainerResources({
    containerId: id,
    linux: { memoryLimitInBytes: 48 * mib },
  });
  await node.cri.runtime.startContainer({ containerId: id });
  assert.equal(await cgroupFile(id, "memory", "memory.limit_in_bytes"), String(48 * mib));
});

Deno.test("containers live under the pod's cgroup, pause with what little it needs", async () => {
  const cgroupParent = `${testEnvironment().cgroupParent}/kubepods/pod-of-test`;
  const placed = await runPod(node, "placed", {
    linux: { cgroupParent, securityContext: { namespaceOptions: { pid: 1 } } },
  });
  const id = await startContainer(node, placed, shellContainer("main", "sleep 10000"));
  const group = await Deno.readDir(`/sys/fs/cgroup/memory${cgroupParent}`);
  const names = (await Array.fromAsync(group)).map(({ name }) => name);
  assert.ok(names.includes(id) && names.includes(placed.id));
  const hostConfig = JSON.parse(
    await node.dockerd.docker(["inspect", "-f", "{{json .HostConfig}}", placed.id]),
  );
  assert.equal(hostConfig.CpuShares, 2);
  assert.equal(hostConfig.OomScoreAdj, -998);
  await removePod(node, placed);
});

Deno.test("a container that uses up its CPU quota goes on, one that ends is not updated", async () => {
  const config = limited("while :; do :; done", { cpuPeriod: 100_000, cpuQuota: 10_000 });
  const id = await startContainer(node, pod, config);
  await waitFor("it is throttled", {}, async () => {
    const stat = await cgroupFile(id, "cpu", "cpu.stat");
    return Number(/nr_throttled (\d+)/.exec(stat)?.[1] ?? 0) > 3;
  });
  assert.equal((await statusOf(node, id)).state, running);
  await stopNow(node, id);
  assert.equal((await statusOf(node, id)).state, exited);
});
