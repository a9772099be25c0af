/**
 * frakti as a process: how soon after its start it answers, and how much memory it holds: idle,
 * with 100 pods of 2 containers, and while tens of thousands of calls are made.
 *
 *   scripts/bench.sh process [--starts N] [--pods N] [--calls N]
 */

import { parseArgs } from "node:util";
import { connectCri } from "../tests/support/cri_client.ts";
import {
  fraktiCommand,
  makeDir,
  makeNetwork,
  pauseImage,
  startDockerd,
  waitFor,
} from "../tests/support/mod.ts";
import { summarize, type Summary } from "./support/figures.ts";
import { type BenchNode, type CriPod, fillNode, startBenchNode } from "./support/node.ts";
import { residentBytes } from "./support/process_usage.ts";
import * as report from "./support/report.ts";
import { mebibytes, milliseconds } from "./support/report.ts";

const startAimMs = 300;
const memoryAimBytes = 150 * 1024 * 1024;
/** Over the second half of the calls; less is the garbage collector's breath. */
const growthAimBytes = 10 * 1024 * 1024;

const containersPerPod = 2;
const idleSettleMs = 5_000;
const samplesOfCalls = 20;
const parallelCalls = 4;
const top = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** Milliseconds from the exec of a frakti to the answer of its first RPC; `starts` samples. */
async function measureStarts(
  command: readonly [string, ...string[]],
  starts: number,
): Promise<Summary> {
  await using dockerd = await startDockerd();
  await using network = await makeNetwork();
  const samples: number[] = [];
  for (let index = 0; index <= starts; index++) {
    const ms = await startOnce(command, dockerd.endpoint, network);
    if (index > 0) samples.push(ms); // The first one fills caches and unpacks a built file.
  }
  return summarize(samples);
}

async function startOnce(
  [program, ...args]: readonly [string, ...string[]],
  endpoint: string,
  network: Awaited<ReturnType<typeof makeNetwork>>,
): Promise<number> {
  const dir = await makeDir("start");
  const listen = `${dir}/frakti.sock`;
  await Deno.writeTextFile(
    `${dir}/config.yaml`,
    JSON.stringify({
      listen,
      rootDirectory: `${dir}/root`,
      stateDirectory: `${dir}/state`,
      hypervisor: { engine: "none" },
      docker: { endpoint, pauseImage },
      cni: { confDir: network.confDir, binDirs: network.binDirs, cacheDir: network.cacheDir },
      streaming: { port: 0 },
    }),
  );
  const startMs = performance.now();
  const child = new Deno.Command(program, {
    args: [...args, "serve", "--config", `${dir}/config.yaml`],
    cwd: top,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await waitFor(
    "the socket",
    { intervalMs: 1 },
    () => Deno.stat(listen).then(() => true, isMissing),
  );
  await using cri = connectCri(listen, "v1");
  await cri.runtime.version({});
  const ms = performance.now() - startMs;
  child.kill("SIGTERM");
  await child.status;
  await Deno.remove(dir, { recursive: true });
  return ms;
}

function isMissing(error: unknown): false {
  if (error instanceof Deno.errors.NotFound) return false;
  throw error;
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, idleSettleMs));
}

/** What a kubelet and the tools of a node ask for, over and over. */
function mixOf(node: BenchNode, pods: readonly CriPod[]): (() => Promise<unknown>)[] {
  const { runtime, image } = node.cri;
  const pick = () => pods[Math.floor(Math.random() * pods.length)];
  return [
    () => runtime.listPodSandbox({}),
    () => runtime.listContainers({}),
    () => runtime.podSandboxStatus({ podSandboxId: pick()?.id }),
    () => runtime.containerStatus({ containerId: pick()?.container }),
    () => runtime.podSandboxStatus({ podSandboxId: pick()?.id }),
    () => runtime.containerStatus({ containerId: pick()?.container }),
    () => runtime.status({}),
    () => runtime.version({}),
    () => image.imageStatus({ image: { image: node.image } }),
    () => image.listImages({}),
  ];
}

async function measureMemory(podCount: number, callCount: number) {
  await using node = await startBenchNode();
  const { pid } = node.frakti;
  await settle();
  const idle = await residentBytes(pid);
  const pods = await fillNode(node, podCount, containersPerPod);
  await settle();
  const withPods = await residentBytes(pid);
  const mix = mixOf(node, pods);
  const afterCalls: { calls: number; bytes: number }[] = [];
  for (let sample = 1; sample <= samplesOfCalls; sample++) {
    const target = Math.round(callCount / samplesOfCalls);
    report.showProgress(`calls: ${sample} of ${samplesOfCalls} parts`);
    await Promise.all(Array.from({ length: parallelCalls }, async (_, lane) => {
      for (let call = lane; call < target; call += parallelCalls) await mix[call % mix.length]?.();
    }));
    afterCalls.push({ calls: target * sample, bytes: await residentBytes(pid) });
  }
  await settle();
  return { idle, withPods, afterCalls, atRest: await residentBytes(pid) };
}

const { values } = parseArgs({
  options: {
    starts: { type: "string", default: "10" },
    pods: { type: "string", default: "100" },
    calls: { type: "string", default: "100000" },
  },
});
const command = fraktiCommand();
const starts = await measureStarts(command, Number(values.starts));
const memory = await measureMemory(Number(values.pods), Number(values.calls));

const half = memory.afterCalls[Math.floor(samplesOfCalls / 2) - 1]?.bytes ?? NaN;
const last = memory.afterCalls.at(-1)?.bytes ?? NaN;
report.printTable({
  title: `Start to first answer, ${starts.count} starts of ${command[0].split("/").at(-1)}; ms`,
  columns: ["", "p50", "p90", "max"],
  rows: [["first RPC", ...[starts.p50, starts.p90, starts.max].map(milliseconds)]],
});
report.printTable({
  title: "Resident memory",
  columns: ["when", "MiB"],
  rows: [
    ["idle", mebibytes(memory.idle)],
    [`with ${values.pods} pods of ${containersPerPod} containers`, mebibytes(memory.withPods)],
    ...memory.afterCalls.filter((_, index) => index % 2 === 1).map(({ calls, bytes }) => [
      `after ${calls} calls`,
      mebibytes(bytes),
    ]),
    ["at rest afterwards", mebibytes(memory.atRest)],
  ],
});
report.printAims([
  {
    what: "start to first answered RPC, p50",
    aim: `under ${startAimMs} ms`,
    measured: `${milliseconds(starts.p50)} ms`,
    isReached: starts.p50 < startAimMs,
  },
  {
    what: `memory with ${values.pods} pods`,
    aim: `under ${mebibytes(memoryAimBytes)}`,
    measured: mebibytes(memory.withPods),
    isReached: memory.withPods < memoryAimBytes,
  },
  {
    what: `growth over the second half of ${values.calls} calls`,
    aim: `under ${mebibytes(growthAimBytes)}`,
    measured: mebibytes(last - half),
    isReached: last - half < growthAimBytes,
  },
]);
await report.writeReport("process", { starts, memory });
