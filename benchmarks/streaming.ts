/**
 * Streaming beside what a user would have without frakti: exec beside `docker exec` and beside
 * `crictl exec` with containerd, port-forward beside a plain socket to the same listener, in turns
 * within one run; and many sessions one after another on a server without containers, to see its
 * memory. crictl and docker are Go programs that are started anew each time, and crictl does more
 * before it comes to the exec: containerd and our own client show how much of a figure is the client's.
 *
 *   scripts/bench.sh streaming [--rounds N] [--megabytes N] [--sessions N]
 */

import { parseArgs } from "node:util";
import { shellContainer, startContainer } from "../tests/docker/support.ts";
import { netnsOf, runPod } from "../tests/streaming/support.ts";
import { type Containerd, startContainerd } from "../tests/support/containerd.ts";
import { connectCri } from "../tests/support/cri_client.ts";
import { startPodServers } from "../tests/streaming/pod_servers.ts";
import { median, medianOverhead, summarize } from "./support/figures.ts";
import { CriPod, startBenchNode } from "./support/node.ts";
import * as report from "./support/report.ts";
import { mebibytes, milliseconds, percent } from "./support/report.ts";
import { measureSessions } from "./support/stream_sessions.ts";
import {
  execSinks,
  execSources,
  forwardPaths,
  type Place,
  ports,
  roundTrips,
  type Way,
} from "./support/stream_ways.ts";

/** The aims of docs/SPECIFICATION.md. */
const execOverheadAim = 0.15;
const forwardAim = 300; // MB/s
const growthAimBytes = 16 * 1024 * 1024;

const warmUpRounds = 1;

/** By the name of a way, one figure per round. */
type Figures = ReadonlyMap<string, readonly number[]>;

/** Runs every way once a round, each round beginning with another. */
async function inTurns(
  title: string,
  ways: readonly Way[],
  rounds: number,
  measure: (way: Way) => Promise<number>,
): Promise<Figures> {
  const figures = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds + warmUpRounds; round++) {
    report.showProgress(`${title}: round ${round + 1} of ${rounds + warmUpRounds}`);
    for (const [index] of ways.entries()) {
      const way = ways[(index + round) % ways.length];
      if (way === undefined) throw new Error("A way is missing");
      const figure = await measure(way);
      if (round >= warmUpRounds) figures.get(way.name)?.push(figure);
    }
  }
  return figures;
}

async function elapsedMs({ run }: Way): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

function samplesOf(figures: Figures, name: string): readonly number[] {
  const samples = figures.get(name);
  if (samples === undefined) throw new Error(`"${name}" was not measured`);
  return samples;
}

/** By how much one way takes longer than another, or brings less, by the median of the rounds. */
function overhead(figures: Figures, measured: string, reference: string): number {
  const references = samplesOf(figures, reference);
  return medianOverhead(
    samplesOf(figures, measured).map((value, index) => ({
      measured: value,
      reference: references[index] ?? NaN,
    })),
  );
}

function printTimes(title: string, figures: Figures): void {
  report.printTable({
    title,
    columns: ["way", "p50 ms", "p90 ms"],
    rows: [...figures].map(([name, samples]) => {
      const { p50, p90 } = summarize(samples);
      return [name, milliseconds(p50), milliseconds(p90)];
    }),
  });
}

function printRates(title: string, figures: Figures): void {
  report.printTable({
    title,
    columns: ["way", "median MB/s", "best MB/s"],
    rows: [...figures].map(([name, samples]) => [
      name,
      median(samples).toFixed(0),
      Math.max(...samples).toFixed(0),
    ]),
  });
}

/** A pod and a container of containerd's own CRI. */
async function referenceOf({ endpoint, socketPath }: Containerd): Promise<Place["reference"]> {
  const cri = connectCri(socketPath, "v1");
  const host = { cri, logRoot: node.logRoot };
  const script = shellContainer("reference", "sleep 100000");
  const id = await startContainer(host, await runPod(host, "reference"), script);
  cri.close();
  return { endpoint, containerId: id };
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    megabytes: { type: "string", default: "256" },
    sessions: { type: "string", default: "10000" },
  },
});
const rounds = Number(values.rounds);
const bytes = Number(values.megabytes) * 1_000_000;

/** MB/s of a way that moves `bytes`. */
async function rate(way: Way): Promise<number> {
  return bytes / 1000 / await elapsedMs(way);
}

await using node = await startBenchNode();
const criPod = await CriPod.run(node);
const pod = { id: criPod.id, config: criPod.config };
const containerId = await startContainer(node, pod, shellContainer("main", "sleep 100000"));
await using _servers = await startPodServers(await netnsOf(node, pod), [
  { hostname: "0.0.0.0", port: ports.source, behaviour: "source", bytes },
  { hostname: "0.0.0.0", port: ports.sink, behaviour: "sum" },
]);
await using containerd = await startContainerd(node.network);
const place = { node, pod, containerId, bytes, reference: await referenceOf(containerd) };

await using tripWays = await roundTrips(place);
const trips = await inTurns("round trips", tripWays, rounds, elapsedMs);
printTimes(`exec of true, start to exit; ${rounds} rounds`, trips);
const out = await inTurns("stdout", execSources(place), rounds, rate);
printRates(`stdout of exec, ${values.megabytes} MB`, out);
const into = await inTurns("stdin", execSinks(place), rounds, rate);
printRates(`stdin of exec, ${values.megabytes} MB`, into);
const forward = await inTurns("port-forward", await forwardPaths(place), rounds, rate);
printRates(`from a listener in the pod, ${values.megabytes} MB`, forward);
const sessions = await measureSessions(Number(values.sessions));
report.printTable({
  title: "Sessions one after another, without containers",
  columns: ["after", "memory", "files", "sessions a second"],
  rows: sessions.samples.map((sample) => [
    String(sample.sessions),
    mebibytes(sample.residentBytes),
    String(sample.files),
    sample.perSecond.toFixed(0),
  ]),
});

const isWithin = (figure: number, aim: number) => figure <= aim;
const tripOverhead = overhead(
  trips,
  "SPDY v4.channel.k8s.io, our client",
  "Docker's API, our client",
);
const cliOverhead = overhead(trips, "crictl exec", "docker exec");
const referenceOverhead = overhead(trips, "crictl exec", "crictl exec, containerd");
const outLoss = -overhead(out, "crictl exec", "docker exec");
const inLoss = -overhead(into, "crictl exec -i", "docker exec -i");
const forwardRate = median(samplesOf(forward, "SPDY, our client"));
report.printAims([
  {
    what: "exec round trip over Docker's API, one client",
    aim: `within ${percent(execOverheadAim)}`,
    measured: percent(tripOverhead),
    isReached: isWithin(tripOverhead, execOverheadAim),
  },
  {
    what: "crictl exec over docker exec",
    aim: `within ${percent(execOverheadAim)}`,
    measured: percent(cliOverhead),
    isReached: isWithin(cliOverhead, execOverheadAim),
  },
  {
    what: "crictl exec over crictl exec with containerd",
    aim: `within ${percent(execOverheadAim)}`,
    measured: percent(referenceOverhead),
    isReached: isWithin(referenceOverhead, execOverheadAim),
  },
  {
    what: "stdout of exec, less than docker exec",
    aim: `within ${percent(execOverheadAim)}`,
    measured: percent(outLoss),
    isReached: isWithin(outLoss, execOverheadAim),
  },
  {
    what: "stdin of exec, less than docker exec",
    aim: `within ${percent(execOverheadAim)}`,
    measured: percent(inLoss),
    isReached: isWithin(inLoss, execOverheadAim),
  },
  {
    what: "port-forward",
    aim: `over ${forwardAim} MB/s`,
    measured: `${forwardRate.toFixed(0)} MB/s`,
    isReached: forwardRate > forwardAim,
  },
  {
    what: `growth over the second half of ${values.sessions} sessions`,
    aim: `under ${mebibytes(growthAimBytes)}`,
    measured: mebibytes(sessions.growthBytes),
    isReached: sessions.growthBytes < growthAimBytes,
  },
]);
await report.writeReport("streaming", {
  rounds,
  bytes,
  roundTripMs: Object.fromEntries(trips),
  stdoutMegabytesPerSecond: Object.fromEntries(out),
  stdinMegabytesPerSecond: Object.fromEntries(into),
  forwardMegabytesPerSecond: Object.fromEntries(forward),
  overhead: {
    roundTrip: tripOverhead,
    crictl: cliOverhead,
    crictlWithContainerd: referenceOverhead,
    stdout: outLoss,
    stdin: inLoss,
  },
  sessions,
});
