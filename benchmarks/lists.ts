/**
 * How long a kubelet waits for the answers it asks for every second, with a full node: lists and
 * status with 100 pods of 2 containers; and what ExecSync costs over the same exec made directly.
 *
 *   scripts/bench.sh lists [--pods N] [--calls N] [--execs N]
 */

import { parseArgs } from "node:util";
import { connect } from "./support/direct_driver.ts";
import { execDirectly } from "./support/direct_exec.ts";
import { medianOverhead, summarize, type Summary } from "./support/figures.ts";
import { type BenchNode, type CriPod, fillNode, startBenchNode } from "./support/node.ts";
import * as report from "./support/report.ts";
import { milliseconds, percent } from "./support/report.ts";

const listAimMs = 20;
const containersPerPod = 2;
const warmUpCalls = 50;

/** Figures are asked for every ten seconds and are work: fewer samples do. */
const statsShare = 10;

/** Calls `call` one at a time and returns the milliseconds each took. */
async function time(calls: number, call: () => Promise<unknown>): Promise<number[]> {
  for (let index = 0; index < Math.min(calls, warmUpCalls); index++) await call();
  const samples: number[] = [];
  for (let index = 0; index < calls; index++) {
    const startMs = performance.now();
    await call();
    samples.push(performance.now() - startMs);
  }
  return samples;
}

async function measureCalls(node: BenchNode, pods: readonly CriPod[], calls: number) {
  const { runtime } = node.cri;
  const [pod] = pods;
  if (pod === undefined) throw new Error("There are no pods");
  const podSandboxId = pod.id;
  const containerId = pod.container;
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    ListPodSandbox: () => runtime.listPodSandbox({}),
    ListContainers: () => runtime.listContainers({}),
    "ListContainers of one pod": () => runtime.listContainers({ filter: { podSandboxId } }),
    PodSandboxStatus: () => runtime.podSandboxStatus({ podSandboxId }),
    ContainerStatus: () => runtime.containerStatus({ containerId }),
    Status: () => runtime.status({}),
    Version: () => runtime.version({}),
    ListContainerStats: () => runtime.listContainerStats({}),
    ListPodSandboxStats: () => runtime.listPodSandboxStats({}),
  };
  const figures: Record<string, Summary> = {};
  for (const [name, call] of Object.entries(asked)) {
    report.showProgress(name);
    const count = name.endsWith("Stats") ? Math.ceil(calls / statsShare) : calls;
    figures[name] = summarize(await time(count, call));
  }
  return figures;
}

async function measureExec(node: BenchNode, pod: CriPod, execs: number) {
  const { client } = await connect(node.dockerd);
  const containerId = pod.container;
  const sides = {
    direct: () => execDirectly(client, containerId, { command: ["/bin/true"] }),
    frakti: () => node.cri.runtime.execSync({ containerId, cmd: ["/bin/true"], timeout: 30 }),
  };
  const samples: Record<keyof typeof sides, number[]> = { direct: [], frakti: [] };
  for (let index = 0; index < execs; index++) {
    report.showProgress(`exec ${index + 1} of ${execs}`);
    for (const side of index % 2 === 0 ? order : order.toReversed()) {
      const startMs = performance.now();
      await sides[side]();
      samples[side].push(performance.now() - startMs);
    }
  }
  client.close();
  return {
    direct: summarize(samples.direct),
    frakti: summarize(samples.frakti),
    overhead: medianOverhead(
      samples.direct.map((reference, index) => ({
        reference,
        measured: samples.frakti[index] ?? NaN,
      })),
    ),
  };
}

const order = ["direct", "frakti"] as const;

const { values } = parseArgs({
  options: {
    pods: { type: "string", default: "100" },
    calls: { type: "string", default: "500" },
    execs: { type: "string", default: "50" },
  },
});
const podCount = Number(values.pods);

await using node = await startBenchNode();
const pods = await fillNode(node, podCount, containersPerPod);
const calls = await measureCalls(node, pods, Number(values.calls));
const [firstPod] = pods;
if (firstPod === undefined) throw new Error("There are no pods");
const exec = await measureExec(node, firstPod, Number(values.execs));

report.printTable({
  title: `${podCount} pods of ${containersPerPod} containers, ${values.calls} calls; milliseconds`,
  columns: ["call", "p50", "p90", "p99", "max"],
  rows: Object.entries(calls).map((
    [name, { p50, p90, p99, max }],
  ) => [name, ...[p50, p90, p99, max].map(milliseconds)]),
});
report.printTable({
  title: `ExecSync of /bin/true, ${values.execs} rounds; milliseconds`,
  columns: ["", "p50", "p90"],
  rows: [
    ["direct exec", milliseconds(exec.direct.p50), milliseconds(exec.direct.p90)],
    ["ExecSync", milliseconds(exec.frakti.p50), milliseconds(exec.frakti.p90)],
    ["overhead", percent(exec.overhead), ""],
  ],
});
report.printAims(
  ["ListPodSandbox", "ListContainers"].map((name) => {
    const p99 = calls[name]?.p99 ?? Infinity;
    return {
      what: `${name} p99, ${podCount} pods of ${containersPerPod} containers`,
      aim: `under ${listAimMs} ms`,
      measured: `${milliseconds(p99)} ms`,
      isReached: p99 < listAimMs,
    };
  }),
);
await report.writeReport("lists", { pods: podCount, containersPerPod, calls, exec });
