/**
 * What frakti adds to a pod's life, over the same Docker calls and CNI plugin runs made directly:
 * per step, one and eight pods at a time, with none and a hundred other pods on the node. Both
 * sides take turns within one run, so that what else the machine does hits both.
 *
 *   scripts/bench.sh life [--rounds N] [--pods 0,100] [--parallel 1,8]
 */

import { parseArgs } from "node:util";
import { directDriver } from "./support/direct_driver.ts";
import { median, medianOverhead, summarize } from "./support/figures.ts";
import { lengthOf, type Life, live, type PodDriver, steps } from "./support/life.ts";
import {
  type BenchNode,
  emptyNode,
  fillNode,
  fraktiDriver,
  startBenchNode,
} from "./support/node.ts";
import { processorMs } from "./support/process_usage.ts";
import * as report from "./support/report.ts";
import { milliseconds, percent } from "./support/report.ts";

/** The aim of docs/SPECIFICATION.md: a pod's life costs at most this much more. */
const overheadAim = 0.10;

/** Lives that are not counted: the first ones compile code and warm caches. */
const warmUpRounds = 2;

/** Lives that were lived at the same time, through one side. */
interface Batch {
  readonly lives: readonly Life[];
  /** Of this side's own process, per life; the daemons and plugins behind it left out. */
  readonly processorMs: number;
}

interface Round {
  readonly direct: Batch;
  readonly frakti: Batch;
}

/** What is measured through, and the process that drives it. */
interface Side {
  readonly driver: PodDriver;
  readonly pid: number;
}

/** Measures one setting: so many pods at a time, alternating which side begins. */
async function measure(
  sides: { readonly direct: Side; readonly frakti: Side },
  parallel: number,
  rounds: number,
): Promise<Round[]> {
  const batch = async ({ driver, pid }: Side): Promise<Batch> => {
    const before = await processorMs(pid);
    const lives = await Promise.all(Array.from({ length: parallel }, () => live(driver)));
    return { lives, processorMs: (await processorMs(pid) - before) / parallel };
  };
  const measured: Round[] = [];
  for (let index = 0; index < rounds + warmUpRounds; index++) {
    report.showProgress(`round ${index + 1} of ${rounds + warmUpRounds}, ${parallel} at a time`);
    const first = index % 2 === 0 ? "direct" : "frakti";
    const batches: Partial<Record<keyof Round, Batch>> = {};
    for (const side of [first, first === "direct" ? "frakti" : "direct"] as const) {
      batches[side] = await batch(sides[side]);
    }
    const { direct, frakti } = batches;
    if (direct === undefined || frakti === undefined) throw new Error("A side is missing");
    if (index >= warmUpRounds) measured.push({ direct, frakti });
  }
  return measured;
}

type Measure = (life: Life) => number;

/** One line of the table: percentiles of both sides, and the overhead by rounds. */
function compare(name: string, rounds: readonly Round[], of: Measure) {
  const middle = ({ lives }: Batch) => median(lives.map(of));
  return {
    name,
    direct: summarize(rounds.flatMap(({ direct }) => direct.lives.map(of))),
    frakti: summarize(rounds.flatMap(({ frakti }) => frakti.lives.map(of))),
    overhead: medianOverhead(
      rounds.map(({ direct, frakti }) => ({ reference: middle(direct), measured: middle(frakti) })),
    ),
  };
}

async function measureSetting(node: BenchNode, pods: number, parallel: number, rounds: number) {
  const direct = await directDriver(node);
  try {
    const sides = {
      direct: { driver: direct, pid: Deno.pid },
      frakti: { driver: fraktiDriver(node), pid: node.frakti.pid },
    };
    const measured = await measure(sides, parallel, rounds);
    const lines = [
      ...steps.map((step) => compare(step, measured, (life) => life[step])),
      compare("whole life", measured, lengthOf),
    ];
    report.printTable({
      title: `${parallel} at a time, ${pods} other pods, ${rounds} rounds; milliseconds`,
      columns: ["step", "direct p50", "p90", "frakti p50", "p90", "overhead"],
      rows: lines.map((line) => [
        line.name,
        milliseconds(line.direct.p50),
        milliseconds(line.direct.p90),
        milliseconds(line.frakti.p50),
        milliseconds(line.frakti.p90),
        percent(line.overhead),
      ]),
    });
    const perLife = {
      direct: median(measured.map((round) => round.direct.processorMs)),
      frakti: median(measured.map((round) => round.frakti.processorMs)),
    };
    report.say(
      `Processor time of the driving process per life: direct ${perLife.direct.toFixed(0)} ms,` +
        ` frakti ${perLife.frakti.toFixed(0)} ms`,
    );
    return { pods, parallel, rounds, lines, processorMs: perLife };
  } finally {
    direct.close();
  }
}

const numbers = (text: string) => text.split(",").map(Number);
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    pods: { type: "string", default: "0,100" },
    parallel: { type: "string", default: "1,8" },
  },
});
const rounds = Number(values.rounds);

await using node = await startBenchNode();
const settings = [];
for (const pods of numbers(values.pods)) {
  const others = await fillNode(node, pods, 1);
  for (const parallel of numbers(values.parallel)) {
    settings.push(await measureSetting(node, pods, parallel, Math.ceil(rounds / parallel ** 0.5)));
  }
  await emptyNode(others);
}
report.printAims(settings.map(({ pods, parallel, lines }) => {
  const overhead = lines.at(-1)?.overhead ?? Infinity;
  return {
    what: `overhead of a pod's life, ${parallel} at a time, ${pods} other pods`,
    aim: `under ${percent(overheadAim)}`,
    measured: percent(overhead),
    isReached: overhead < overheadAim,
  };
}));
await report.writeReport("life", { settings });
