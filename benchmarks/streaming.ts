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
import { connect as connectDirectly } from "./support/direct_driver.ts";
import { median, medianOverhead, summarize } from "./support/figures.ts";
import { processorMs } from "./support/process_usage.ts";
import { CriPod, startBenchNode } from "./support/node.ts";
import * as report from "./support/report.ts";
import { mebibytes, milliseconds, percent } from "./support/report.ts";
import { measureSessions } from "./support/stream_sessions.ts";
import {
  blockBytes,
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

/**
 * Sessions before anything is measured: what a probe that is run every ten seconds comes to in the
 * first hour of a node. JavaScript is compiled by then, as the programs beside it always are.
 */
const sessionsBefore = 300;

/** By the name of a way, one figure per round. */
type Figures = ReadonlyMap<string, readonly number[]>;

/** Processor time of frakti by the name of a way, in all its rounds; milliseconds. */
const processorMsOf = new Map<string, number>();

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
      const beforeMs = await processorMs(node.frakti.pid);
      const figure = await measure(way);
      if (round < warmUpRounds) continue;
      figures.get(way.name)?.push(figure);
      const usedMs = await processorMs(node.frakti.pid) - beforeMs;
      const key = `${title}: ${way.name}`;
      processorMsOf.set(key, (processorMsOf.get(key) ?? 0) + usedMs);
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

/** The mean of the rounds; USER_HZ makes single ones coarse. */
function processorOf(key: string): string {
  return milliseconds((processorMsOf.get(key) ?? 0) / rounds);
}

function printTimes(title: string, figures: Figures): void {
  report.printTable({
    title,
    columns: ["way", "p50 ms", "p90 ms", "frakti's processor ms"],
    rows: [...figures].map(([name, samples]) => {
      const { p50, p90 } = summarize(samples);
      return [name, milliseconds(p50), milliseconds(p90), processorOf(`round trips: ${name}`)];
    }),
  });
}

function printRates(what: string, title: string, figures: Figures): void {
  report.printTable({
    title,
    columns: ["way", "median MB/s", "best MB/s", "frakti's processor ms"],
    rows: [...figures].map(([name, samples]) => [
      name,
      median(samples).toFixed(0),
      Math.max(...samples).toFixed(0),
      processorOf(`${what}: ${name}`),
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
const bytes = Math.ceil(Number(values.megabytes) * 1_000_000 / blockBytes) * blockBytes;

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
const { client } = await connectDirectly(node.dockerd);
const place = { node, pod, containerId, client, bytes, reference: await referenceOf(containerd) };

const tripWays = roundTrips(place);
const ownTrip = "SPDY v4.channel.k8s.io, our client";
for (let session = 0; session < sessionsBefore; session++) {
  await tripWays.find(({ name }) => name === ownTrip)?.run();
}
const trips = await inTurns("round trips", tripWays, rounds, elapsedMs);
printTimes(`exec of true, start to exit; ${rounds} rounds`, trips);
const out = await inTurns("stdout", execSources(place), rounds, rate);
printRates("stdout", `stdout of exec, ${values.megabytes} MB`, out);
const into = await inTurns("stdin", execSinks(place), rounds, rate);
printRates("stdin", `stdin of exec, ${values.megabytes} MB`, into);
client.close();
const forward = await inTurns("port-forward", await forwardPaths(place), rounds, rate);
printRates("port-forward", `from a listener in the pod, ${values.megabytes} MB`, forward);
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

const tripOverhead = overhead(
  trips,
  ownTrip,
  "Docker's API, our client",
);
const cliOverhead = overhead(trips, "crictl exec", "docker exec");
const referenceOverhead = overhead(trips, "crictl exec", "crictl exec, containerd");
const oneOutLoss = -overhead(out, ownTrip, "Docker's API, our client");
const oneInLoss = -overhead(into, ownTrip, "Docker's API, our client");
const outLoss = -overhead(out, "crictl exec", "docker exec");
const inLoss = -overhead(into, "crictl exec -i", "docker exec -i");
const forwardRate = median(samplesOf(forward, "SPDY, our client"));
const within = (what: string, measured: number) => ({
  what,
  aim: `within ${percent(execOverheadAim)}`,
  measured: percent(measured),
  isReached: measured <= execOverheadAim,
});
report.printAims([
  within("exec round trip over Docker's API, one client", tripOverhead),
  within("crictl exec over docker exec", cliOverhead),
  within("crictl exec over crictl exec with containerd", referenceOverhead),
  within("stdout of exec, less than Docker's API, one client", oneOutLoss),
  within("stdin of exec, less than Docker's API, one client", oneInLoss),
  within("stdout of exec, less than docker exec", outLoss),
  within("stdin of exec, less than docker exec", inLoss),
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
  processorMs: Object.fromEntries(processorMsOf),
  overhead: {
    roundTrip: tripOverhead,
    crictl: cliOverhead,
    crictlWithContainerd: referenceOverhead,
    stdout: outLoss,
    stdin: inLoss,
    stdoutOneClient: oneOutLoss,
    stdinOneClient: oneInLoss,
  },
  sessions,
});
