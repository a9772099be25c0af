/**
 * How fast a container's output reaches its CRI log, from the start of the container to the last
 * line on disk, beside what Docker alone writes with its default driver; and that every line is
 * there.
 *
 *   scripts/bench.sh logs [--megabytes N] [--rounds N]
 */

import { parseArgs } from "node:util";
import { waitFor } from "../tests/support/mod.ts";
import { connect } from "./support/direct_driver.ts";
import { median } from "./support/figures.ts";
import { type BenchNode, CriPod, startBenchNode } from "./support/node.ts";
import * as report from "./support/report.ts";

/** With the newline; what a line of a program's log is long. */
const lineBytes = 100;
const exited = 2; // ContainerState of the CRI.
const endTimeoutMs = 10 * 60_000;
const pollMs = 20;
const newline = 0x0a;

/** A command that writes so many lines. */
function writer(lines: number): string[] {
  const text = "x".repeat(lineBytes - 1);
  return ["/bin/sh", "-c", `yes ${text} | head -n ${lines}`];
}

interface Outcome {
  readonly ms: number;
  readonly lines: number;
}

async function throughFrakti(node: BenchNode, lines: number): Promise<Outcome> {
  const pod = await CriPod.run(node);
  await pod.create({ command: writer(lines) });
  const startMs = performance.now();
  await pod.start();
  await waitFor("the end", { timeoutMs: endTimeoutMs, intervalMs: pollMs }, async () => {
    const { status } = await node.cri.runtime.containerStatus({ containerId: pod.container });
    return status?.state === exited;
  });
  const ms = performance.now() - startMs;
  const written = await countLines(`${pod.config.logDirectory}/main.log`);
  await pod.stopPod();
  await pod.removePod();
  await Deno.remove(pod.config.logDirectory ?? "", { recursive: true });
  return { ms, lines: written };
}

/** Docker alone: the same container, its output kept by one of Docker's own drivers. */
async function throughDocker(node: BenchNode, driver: string, lines: number): Promise<Outcome> {
  const { client } = await connect(node.dockerd);
  const { id } = await client.containers.create(`logs-${crypto.randomUUID()}`, {
    Image: node.image,
    Cmd: writer(lines),
    HostConfig: { NetworkMode: "none", LogConfig: { Type: driver, Config: {} } },
  });
  const startMs = performance.now();
  await client.containers.start(id);
  await client.containers.wait(id, AbortSignal.timeout(endTimeoutMs));
  const ms = performance.now() - startMs;
  await client.containers.remove(id, { force: true });
  client.close();
  return { ms, lines };
}

async function countLines(path: string): Promise<number> {
  let lines = 0;
  using file = await Deno.open(path);
  for await (const chunk of file.readable) {
    for (const byte of chunk) if (byte === newline) lines++;
  }
  return lines;
}

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "200" },
    rounds: { type: "string", default: "3" },
  },
});
const lines = Math.round(Number(values.megabytes) * 1e6 / lineBytes);

await using node = await startBenchNode();
const sides = {
  "Docker, json-file": () => throughDocker(node, "json-file", lines),
  "Docker, local": () => throughDocker(node, "local", lines),
  "frakti, CRI log": () => throughFrakti(node, lines),
} as const;
const names = ["Docker, json-file", "Docker, local", "frakti, CRI log"] as const;
const outcomes: Record<keyof typeof sides, Outcome[]> = {
  "Docker, json-file": [],
  "Docker, local": [],
  "frakti, CRI log": [],
};
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of names) {
    report.showProgress(`round ${round + 1}: ${name}`);
    outcomes[name].push(await sides[name]());
  }
}

const figures = names.map((name) => {
  const seconds = median(outcomes[name].map(({ ms }) => ms)) / 1000;
  const missing = Math.max(...outcomes[name].map((outcome) => lines - outcome.lines));
  return {
    name,
    seconds,
    megabytesPerSecond: lines * lineBytes / 1e6 / seconds,
    linesPerSecond: lines / seconds,
    missing,
  };
});
report.printTable({
  title: `${values.megabytes} MB in ${lines} lines, medians of ${values.rounds} rounds`,
  columns: ["", "seconds", "MB/s", "lines/s", "lines missing"],
  rows: figures.map((figure) => [
    figure.name,
    figure.seconds.toFixed(1),
    figure.megabytesPerSecond.toFixed(1),
    figure.linesPerSecond.toFixed(0),
    String(figure.missing),
  ]),
});
const worst = figures.at(-1)?.missing ?? Infinity;
report.printAims([{
  what: "lines of a container that writes as fast as it can",
  aim: "none missing",
  measured: `${worst} of ${lines} missing`,
  isReached: worst === 0,
}]);
await report.writeReport("logs", { lines, lineBytes, figures });
