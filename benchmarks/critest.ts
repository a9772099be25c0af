/**
 * The official benchmark of the CRI, `critest -benchmark`, on frakti and on containerd's CRI, on
 * the same machine with the same images and plugins, in turns: what a user who has to choose sees.
 *
 *   scripts/bench.sh critest [--rounds N] [--samples N]
 */

import { parseArgs } from "node:util";
import { startContainerd } from "../tests/support/containerd.ts";
import { Crictl, makeDir, makeNetwork, run, toolDir } from "../tests/support/mod.ts";
import { median, medianOverhead, summarize } from "./support/figures.ts";
import { startBenchNode } from "./support/node.ts";
import * as report from "./support/report.ts";
import { milliseconds } from "./support/report.ts";

const pulledImage = "public.ecr.aws/docker/library/busybox:1";
const usedImages = ["registry.k8s.io/e2e-test-images/busybox:1.29-2"];
const operationTimeoutSeconds = 120;
const critestTimeoutMs = 10 * 60_000;

/** Milliseconds of every sample, by operation. */
type Samples = ReadonlyMap<string, readonly number[]>;

/** One file that critest writes. */
interface CritestData {
  readonly operationsNames: readonly string[];
  readonly datapoints: readonly { readonly operationsDurationsNs: readonly number[] }[];
}

const files = [
  "pod_benchmark_data.json",
  "container_benchmark_data.json",
  "image_lifecycle_benchmark_data.json",
  "image_listing_benchmark_data.json",
];

/** Runs critest once; its own order of samples within an operation is kept. */
async function benchmark(endpoint: string, samples: number): Promise<Samples> {
  const dir = await makeDir("critest");
  await Deno.writeTextFile(
    `${dir}/parameters.yaml`,
    [
      `containersNumber: ${samples}`,
      "containersNumberParallel: 1",
      `containerBenchmarkTimeoutSeconds: ${operationTimeoutSeconds}`,
      `podsNumber: ${samples}`,
      "podsNumberParallel: 1",
      `podBenchmarkTimeoutSeconds: ${operationTimeoutSeconds}`,
      `imagesNumber: ${samples}`,
      "imagesNumberParallel: 1",
      `imageBenchmarkTimeoutSeconds: ${operationTimeoutSeconds}`,
      `imagePullingBenchmarkImage: ${pulledImage}`,
      `podContainerStartBenchmarkTimeoutSeconds: ${operationTimeoutSeconds}`,
    ].join("\n"),
  );
  await run(`${toolDir}/critest`, [
    ...["--runtime-endpoint", endpoint, "--image-endpoint", endpoint, "--config", "/dev/null"],
    ...["-benchmark", `--benchmarking-params-file=${dir}/parameters.yaml`],
    ...[`--benchmarking-output-dir=${dir}`, "--ginkgo.no-color"],
  ], { cwd: dir, timeoutMs: critestTimeoutMs });
  const all = new Map<string, number[]>();
  for (const file of files) {
    const data: CritestData = JSON.parse(await Deno.readTextFile(`${dir}/${file}`));
    for (const [index, name] of data.operationsNames.entries()) {
      const values = data.datapoints.map(({ operationsDurationsNs }) =>
        (operationsDurationsNs[index] ?? NaN) / 1e6
      );
      all.set(name, [...all.get(name) ?? [], ...values]);
    }
  }
  return all;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "6" },
    samples: { type: "string", default: "5" },
  },
});
const rounds = Number(values.rounds);

await using node = await startBenchNode();
await using network = await makeNetwork();
await using containerd = await startContainerd(network);
const endpoints = { containerd: containerd.endpoint, frakti: node.frakti.endpoint };
const order = ["containerd", "frakti"] as const;
for (const side of order) {
  for (const image of usedImages) await new Crictl(endpoints[side]).run(["pull", image]);
  await benchmark(endpoints[side], 1); // Warms caches; not counted.
}
const results: Record<keyof typeof endpoints, Samples[]> = { containerd: [], frakti: [] };
for (let round = 0; round < rounds; round++) {
  report.showProgress(`round ${round + 1} of ${rounds}`);
  for (const side of round % 2 === 0 ? order : order.toReversed()) {
    results[side].push(await benchmark(endpoints[side], Number(values.samples)));
  }
}

const operations = [...results.frakti[0]?.keys() ?? []];
const lines = operations.map((operation) => {
  const samplesOf = (samples: Samples) => samples.get(operation) ?? [];
  return {
    operation,
    containerd: summarize(results.containerd.flatMap(samplesOf)),
    frakti: summarize(results.frakti.flatMap(samplesOf)),
    ratio: 1 + medianOverhead(results.frakti.map((samples, index) => ({
      measured: median(samplesOf(samples)),
      reference: median(samplesOf(results.containerd[index] ?? new Map())),
    }))),
  };
});
const containerdVersion = (await run("containerd", ["--version"])).trim();
report.printTable({
  title: `critest -benchmark, ${rounds} rounds of ${values.samples} samples; milliseconds`,
  columns: ["operation", "containerd p50", "p90", "frakti p50", "p90", "frakti/containerd"],
  rows: lines.map((line) => [
    line.operation,
    milliseconds(line.containerd.p50),
    milliseconds(line.containerd.p90),
    milliseconds(line.frakti.p50),
    milliseconds(line.frakti.p90),
    line.ratio.toFixed(2),
  ]),
});
await report.writeReport("critest", { containerdVersion, rounds, lines });
