import assert from "node:assert/strict";
import { status } from "../support/cri_client.ts";
import { waitFor } from "../support/mod.ts";
import {
  createContainer,
  execText,
  exitOf,
  mode,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  statusOf,
} from "./support.ts";

const node = await startNode();
const labels = { app: "measured" };
const pod = await runPod(node, "stats", { labels });
// 20 MiB of its own memory, 10 MiB in its writable layer, a busy process, and one that waits.
const script = "dd if=/dev/zero of=/dev/shm/held bs=1M count=20 2>/dev/null; " +
  "dd if=/dev/zero of=/written bs=1M count=10 2>/dev/null; sync; touch /ready; " +
  "sleep 10000 & while :; do :; done";
const busy = await startContainer(
  node,
  pod,
  shellContainer("busy", script, {
    labels,
    linux: { resources: { cpuPeriod: 100_000, cpuQuota: 30_000, memoryLimitInBytes: 256 << 20 } },
  }),
);
const idle = await startContainer(node, pod, shellContainer("idle", "sleep 10000"));
const fresh = await createContainer(node, pod, shellContainer("fresh", "true"));
const ended = await startContainer(node, pod, shellContainer("ended", "true"));
await exitOf(node, ended);
await waitFor("the container has written", {}, async () => {
  const { exitCode } = await node.cri.runtime.execSync({
    containerId: busy,
    cmd: ["test", "-e", "/ready"],
    timeout: 10,
  });
  return exitCode === 0;
});
Deno.test.afterAll(async () => {
  await removePod(node, pod);
  await node[Symbol.asyncDispose]();
});

const mib = 1024n * 1024n;

async function statsOf(containerId: string) {
  const { stats } = await node.cri.runtime.containerStats({ containerId });
  if (stats === undefined) throw new Error(`Container "${containerId}" has no stats`);
  return stats;
}

async function cgroup(controller: string, file: string): Promise<string> {
  const { info } = await node.cri.runtime.containerStatus({ containerId: busy, verbose: true });
  const groups = await Deno.readTextFile(`/proc/${JSON.parse(info.get("info") ?? "").pid}/cgroup`);
  const path = new RegExp(`^\\d+:[^:]*\\b${controller}\\b[^:]*:(.*)$`, "m").exec(groups)?.[1];
  return await Deno.readTextFile(`/sys/fs/cgroup/${controller}${path}/${file}`);
}

Deno.test("figures of a container are those of its cgroup", async () => {
  const before = BigInt((await cgroup("cpuacct", "cpuacct.usage")).trim());
  const stats = await statsOf(busy);
  const after = BigInt((await cgroup("cpuacct", "cpuacct.usage")).trim());
  assert.equal(stats.attributes?.id, busy);
  assert.equal(stats.attributes?.metadata?.name, "busy");
  assert.equal(stats.attributes?.labels.get("app"), "measured");
  const cpu = stats.cpu?.usageCoreNanoSeconds?.value ?? 0n;
  assert.ok(before <= cpu && cpu <= after, `${before} <= ${cpu} <= ${after}`);
  const now = BigInt(Date.now()) * 1_000_000n;
  assert.ok((stats.cpu?.timestamp ?? 0n) > now - 60_000_000_000n);

  const { memory } = stats;
  const usage = BigInt((await cgroup("memory", "memory.usage_in_bytes")).trim());
  const detail = await cgroup("memory", "memory.stat");
  const inactive = BigInt(/^total_inactive_file (\d+)$/m.exec(detail)?.[1] ?? 0);
  const near = (a: bigint, b: bigint) => a - b < 4n * mib && b - a < 4n * mib;
  assert.ok(near(memory?.usageBytes?.value ?? 0n, usage), "usage");
  assert.ok(near(memory?.workingSetBytes?.value ?? 0n, usage - inactive), "working set");
  assert.ok((memory?.workingSetBytes?.value ?? 0n) >= 20n * mib, "what is held counts");
  assert.ok((memory?.availableBytes?.value ?? 0n) <= 236n * mib, "of the limit");
  assert.ok((memory?.rssBytes?.value ?? 0n) > 0n);
  assert.ok((memory?.pageFaults?.value ?? 0n) > 0n);
});

Deno.test("nano cores are what the container uses over a window", async () => {
  const cores = await waitFor("a window has passed", { timeoutMs: 60_000 }, async () => {
    const value = (await statsOf(busy)).cpu?.usageNanoCores?.value;
    return value !== undefined && value > 100_000_000n ? value : undefined;
  });
  assert.ok(cores < 600_000_000n, `${cores} of a quota of 300,000,000`);
  const idling = (await statsOf(idle)).cpu?.usageNanoCores?.value ?? 0n;
  assert.ok(idling < 50_000_000n, `${idling} of a sleeping container`);
});

Deno.test("the writable layer counts what the container wrote, not its image", async () => {
  const layer = await waitFor(
    "the layer is measured",
    { timeoutMs: 60_000 },
    async () => (await statsOf(busy)).writableLayer,
  );
  assert.ok(
    (layer.usedBytes?.value ?? 0n) >= 10n * mib && (layer.usedBytes?.value ?? 0n) < 12n * mib,
  );
  assert.ok((layer.inodesUsed?.value ?? 0n) >= 2n);
  assert.equal(layer.fsId?.mountpoint, node.dockerd.dataRoot);
});

Deno.test("the list holds running containers only, narrowed by its filter", async () => {
  const ids = async (filter = {}) => {
    const { stats } = await node.cri.runtime.listContainerStats({ filter });
    return stats.map(({ attributes }) => attributes?.id).toSorted();
  };
  assert.deepEqual(await ids(), [busy, idle].toSorted());
  assert.deepEqual(await ids({ labelSelector: labels }), [busy]);
  assert.deepEqual(await ids({ id: idle }), [idle]);
  assert.deepEqual(await ids({ podSandboxId: pod.id }), [busy, idle].toSorted());
  assert.deepEqual(await ids({ id: fresh }), []);
  assert.deepEqual(await ids({ podSandboxId: "unknown" }), []);
  await assert.rejects(node.cri.runtime.containerStats({ containerId: "unknown" }), {
    code: status.NOT_FOUND,
  });
});

Deno.test("figures of a pod are its containers' and its network's", async () => {
  const read = async () => {
    const { stats } = await node.cri.runtime.podSandboxStats({ podSandboxId: pod.id });
    return stats;
  };
  const before = await read();
  const nic = before?.linux?.network?.defaultInterface;
  assert.equal(nic?.name, "eth0");
  const gateway = node.network.subnet.replace(/0\/24$/, "1");
  await execText(node, idle, ["ping", "-c", "3", "-i", "0.2", "-s", "1000", gateway]);
  const after = await read();
  const grown = (key: "rxBytes" | "txBytes") =>
    (after?.linux?.network?.defaultInterface?.[key]?.value ?? 0n) - (nic?.[key]?.value ?? 0n);
  assert.ok(grown("rxBytes") >= 3000n && grown("txBytes") >= 3000n);
  assert.deepEqual(
    after?.linux?.containers.map(({ attributes }) => attributes?.id).toSorted(),
    [busy, idle].toSorted(),
  );
  assert.equal(after?.attributes?.labels.get("app"), "measured");
  const cpu = (await statsOf(busy)).cpu?.usageCoreNanoSeconds?.value ?? 0n;
  assert.ok((after?.linux?.cpu?.usageCoreNanoSeconds?.value ?? 0n) > cpu / 2n);
  assert.ok((after?.linux?.memory?.workingSetBytes?.value ?? 0n) >= 20n * mib);
  assert.ok((after?.linux?.process?.processCount?.value ?? 0n) >= 3n);
  await assert.rejects(node.cri.runtime.podSandboxStats({ podSandboxId: "unknown" }), {
    code: status.NOT_FOUND,
  });
});

Deno.test("the list of pods holds ready ones, and no host's counters for a pod on its network", async () => {
  const host = await runPod(node, "stats-host", {
    linux: { securityContext: { namespaceOptions: { network: mode.node, pid: mode.container } } },
  });
  const stopped = await runPod(node, "stats-stopped");
  await node.cri.runtime.stopPodSandbox({ podSandboxId: stopped.id });
  const list = async (filter = {}) =>
    (await node.cri.runtime.listPodSandboxStats({ filter })).stats;
  const ids = (await list()).map(({ attributes }) => attributes?.id);
  assert.deepEqual(ids.toSorted(), [pod.id, host.id].toSorted());
  assert.equal((await list({ labelSelector: labels })).length, 1);
  const onHost = (await list({ id: host.id }))[0];
  assert.equal(onHost?.linux?.network?.defaultInterface, undefined);
  await removePod(node, host);
  await removePod(node, stopped);
});

Deno.test("metrics carry the labels their descriptors say", async () => {
  const { descriptors } = await node.cri.runtime.listMetricDescriptors({});
  const keys = new Map(descriptors.map(({ name, labelKeys }) => [name, labelKeys]));
  assert.ok(descriptors.every(({ help }) => help !== ""));
  const { podMetrics } = await node.cri.runtime.listPodSandboxMetrics({});
  const mine = podMetrics.find(({ podSandboxId }) => podSandboxId === pod.id);
  const containers = mine?.containerMetrics ?? [];
  assert.deepEqual(
    containers.map(({ containerId }) => containerId).toSorted(),
    [busy, idle].toSorted(),
  );
  const samples = [...mine?.metrics ?? [], ...containers.flatMap(({ metrics }) => metrics)];
  assert.ok(samples.length > 5);
  for (const { name, labelValues, timestamp } of samples) {
    assert.equal(labelValues.length, keys.get(name)?.length, name);
    assert.ok(timestamp > 0n);
  }
  // Whole seconds on this wire.
  const cpu = await waitFor("a second of CPU is used", { timeoutMs: 60_000 }, async () => {
    const { podMetrics } = await node.cri.runtime.listPodSandboxMetrics({});
    const all = podMetrics.flatMap(({ containerMetrics }) => containerMetrics);
    return all.find(({ containerId }) => containerId === busy)?.metrics
      .find(({ name, value }) =>
        name === "container_cpu_usage_seconds_total" && (value?.value ?? 0n) > 0n
      );
  });
  const names = keys.get("container_cpu_usage_seconds_total") ?? [];
  assert.equal(cpu.labelValues[names.indexOf("container")], "busy");
  assert.equal(cpu.labelValues[names.indexOf("pod")], "stats");
});

Deno.test("figures of a container that is not running are refused or empty, never made up", async () => {
  const answer = await node.cri.runtime.containerStats({ containerId: ended }).then(
    ({ stats }) => stats?.cpu?.usageCoreNanoSeconds?.value,
    (error: { code: number }) => error.code,
  );
  assert.ok(
    answer === undefined || answer === status.NOT_FOUND || answer === status.FAILED_PRECONDITION,
  );
  assert.equal((await statusOf(node, ended)).exitCode, 0);
});
