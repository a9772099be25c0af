/**
 * Pods in VMs beside pods in Docker, on one node and in turns: how long each step of a pod's life
 * takes, what a VM takes of the host's memory, what gets through its disks and its network, and how
 * a whole batch of pods fares at once.
 *
 *   scripts/bench.sh vms [--rounds N] [--megabytes N] [--batch N] [--accel tcg|kvm|auto]
 *
 * Emulation is the default, as the aims are for it; with auto frakti first looks for KVM by booting
 * with it, beside what is measured.
 *
 * FRAKTI_GUEST_DIR names another guest than dist/guest, e.g. one with the minimal kernel.
 */

import { parseArgs } from "node:util";
import { guestDirectory, makeDir, waitFor } from "../tests/support/mod.ts";
import { summarize, type Summary } from "./support/figures.ts";
import { type BenchNode, CriPod, startBenchNode } from "./support/node.ts";
import * as report from "./support/report.ts";
import { mebibytes, milliseconds } from "./support/report.ts";
import { vmMemory } from "./support/vm_memory.ts";
import { fileRates, networkRate, places } from "./support/vm_rates.ts";

const handlers = ["qemu", "docker"] as const;
type Handler = typeof handlers[number];

/** Aims for emulation on an idle machine, by the guest's kernel. */
const mebibyte = 1024 * 1024;
const aimsOf = {
  stock: { runMs: 3_000, startMs: 1_500, execMs: 300, guestBytes: 144 * mebibyte },
  minimal: { runMs: 1_400, startMs: 1_500, execMs: 300, guestBytes: 104 * mebibyte },
} as const;

const steps = ["RunPodSandbox", "first output", "ExecSync of true", "StopPodSandbox", "removal"];

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    megabytes: { type: "string", default: "64" },
    batch: { type: "string", default: "20" },
    accel: { type: "string", default: "tcg" },
  },
});
const megabytes = Number(values.megabytes);

/** Milliseconds of each step, in their order. */
async function live(node: BenchNode, handler: Handler): Promise<number[]> {
  const times: number[] = [];
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const startMs = performance.now();
    const result = await work();
    times.push(performance.now() - startMs);
    return result;
  };
  const pod = await timed(() => CriPod.run(node, handler));
  await timed(async () => {
    await pod.create({ command: ["/bin/sh", "-c", "echo up; exec sleep 10000"] });
    await pod.start();
    await hasSaid(pod, "up");
  });
  await timed(() =>
    node.cri.runtime.execSync({ containerId: pod.container, cmd: ["/bin/true"], timeout: 60 })
  );
  await timed(() => pod.stopPod());
  await timed(() => pod.removePod());
  return times;
}

async function hasSaid(pod: CriPod, text: string): Promise<void> {
  const path = `${pod.config.logDirectory}/main.log`;
  await waitFor(`output in ${path}`, { intervalMs: 2, timeoutMs: 120_000 }, async () => {
    const log = await Deno.readTextFile(path).catch(() => "");
    return log.includes(text);
  });
}

async function measureLives(node: BenchNode, rounds: number) {
  const samples: Record<Handler, number[][]> = { qemu: [], docker: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const handler of round % 2 === 0 ? handlers : handlers.toReversed()) {
      report.showProgress(`life ${round} of ${rounds} in ${handler}`);
      const times = await live(node, handler);
      if (round > 0) samples[handler].push(times); // The first one fills caches.
    }
  }
  const summaries = (handler: Handler): Summary[] =>
    steps.map((_, step) => summarize(samples[handler].map((times) => times[step] ?? NaN)));
  return { qemu: summaries("qemu"), docker: summaries("docker") };
}

async function measureRates(node: BenchNode, handler: Handler) {
  report.showProgress(`rates in ${handler}`);
  const pod = await CriPod.run(node, handler);
  const empty = `${await makeDir("kubelet")}/pods/uid/volumes/kubernetes.io~empty-dir/empty`;
  await Deno.mkdir(empty, { recursive: true });
  await pod.create({
    mounts: [
      { hostPath: await makeDir("volume"), containerPath: places.volume },
      { hostPath: empty, containerPath: places.emptyDir },
    ],
  });
  await pod.start();
  const rates: Record<string, number> = {};
  for (const [name, directory] of Object.entries(places)) {
    const { write, read, again } = await fileRates(node, pod, directory, megabytes);
    rates[`${name} write`] = write;
    rates[`${name} read`] = read;
    rates[`${name} read again`] = again;
  }
  rates["TCP to the host"] = await networkRate(node, pod, megabytes);
  const memory = handler === "qemu" ? await vmMemory(node.cri, pod.id) : undefined;
  await pod.stopPod();
  await pod.removePod();
  return { rates, memory };
}

/** Memory of a pod whose container only sleeps, and a batch of them at once. */
async function measureBatch(node: BenchNode, count: number) {
  const run = async () => {
    const startMs = performance.now();
    const pod = await CriPod.run(node, "qemu");
    await pod.create({ command: ["/bin/sh", "-c", "echo up; exec sleep 10000"] });
    await pod.start();
    await hasSaid(pod, "up");
    return { pod, ms: performance.now() - startMs };
  };
  const alone = await run();
  const memory = await vmMemory(node.cri, alone.pod.id);
  const startMs = performance.now();
  report.showProgress(`${count} pods at once`);
  const all = await Promise.all(Array.from({ length: count }, run));
  const wholeMs = performance.now() - startMs;
  for (const { pod } of [...all, alone]) {
    await pod.stopPod();
    await pod.removePod();
  }
  return { memory, aloneMs: alone.ms, wholeMs, each: summarize(all.map(({ ms }) => ms)) };
}

const guest = guestDirectory();
const { kernel } = JSON.parse(await Deno.readTextFile(`${guest}/guest.json`));
const aims = kernel === "minimal" ? aimsOf.minimal : aimsOf.stock;
const qemu = {
  accel: values.accel,
  kernel: `${guest}/vmlinux`,
  initrd: `${guest}/initrd.img`,
};
await using node = await startBenchNode({ hypervisor: { engine: "qemu" }, qemu });
const lives = await measureLives(node, Number(values.rounds));
const rates = {
  qemu: await measureRates(node, "qemu"),
  docker: await measureRates(node, "docker"),
};
const batchSize = Number(values.batch);
const batch = await measureBatch(node, batchSize);

report.printTable({
  title: `A pod's life, ${values.rounds} rounds; milliseconds`,
  columns: ["step", "VM p50", "p90", "Docker p50", "p90"],
  rows: steps.map((step, index) => [
    step,
    ...[lives.qemu[index], lives.docker[index]].flatMap((summary) => [
      milliseconds(summary?.p50 ?? NaN),
      milliseconds(summary?.p90 ?? NaN),
    ]),
  ]),
});
report.printTable({
  title: `Throughput, ${megabytes} MB; MB/s`,
  columns: ["way", "VM", "Docker"],
  rows: Object.keys(rates.qemu.rates).map((name) => [
    name,
    ...[rates.qemu, rates.docker].map((side) => (side.rates[name] ?? NaN).toFixed(0)),
  ]),
});
report.printTable({
  title: "Memory of a VM at the default of 64 MB",
  columns: ["what", "size"],
  rows: [
    ["given to the guest", mebibytes(batch.memory.guestBytes)],
    ["in RAM (PSS of QEMU)", mebibytes(batch.memory.residentBytes)],
  ],
});
report.printTable({
  title: `${batchSize} pods in VMs at once, to the first output; milliseconds`,
  columns: ["alone", "p50", "max", "all"],
  rows: [[batch.aloneMs, batch.each.p50, batch.each.max, batch.wholeMs].map(milliseconds)],
});
const p50 = (step: number) => lives.qemu[step]?.p50 ?? Infinity;
const under = (what: string, limitMs: number, ms: number) => ({
  what,
  aim: `under ${limitMs} ms`,
  measured: `${milliseconds(ms)} ms`,
  isReached: ms < limitMs,
});
report.printAims([
  under("RunPodSandbox, p50", aims.runMs, p50(0)),
  under("container to its first output, p50", aims.startMs, p50(1)),
  under("ExecSync, p50", aims.execMs, p50(2)),
  {
    what: "memory given to a VM of 64 MB",
    aim: `under ${mebibytes(aims.guestBytes)}`,
    measured: mebibytes(batch.memory.guestBytes),
    isReached: batch.memory.guestBytes < aims.guestBytes,
  },
]);
await report.writeReport("vms", { lives, rates, batch });
