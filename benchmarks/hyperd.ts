/**
 * What frakti adds to the bare calls of hyperd, verb by verb, and whether many lives leave anything
 * in memory. Both against the double of hyperd, in this process: what counts is the difference.
 *
 *   scripts/bench.sh hyperd [--rounds N] [--lives N]
 *
 * The bare calls have no network: a card is plugged into a bridge that is there. CNI's part of
 * RunPodSandbox is therefore in frakti's figure alone.
 */

import { parseArgs } from "node:util";
import { HyperdClient, wire } from "../src/engines/hyperd/client/mod.ts";
import {
  doubleOf,
  type HyperdUnderTest,
  openHyperd,
} from "../tests/engine_contract/hyperd_subject.ts";
import { runPod } from "../tests/engine_contract/pods.ts";
import { run } from "../tests/support/mod.ts";
import { median } from "./support/figures.ts";
import * as report from "./support/report.ts";
import { mebibytes, milliseconds } from "./support/report.ts";

const bridge = "bench0";
const steps = [
  "RunPodSandbox",
  "CreateContainer",
  "StartContainer",
  "StopContainer",
  "RemoveContainer",
  "RemovePodSandbox",
] as const;
type Step = typeof steps[number];
type Samples = Record<Step, number[]>;

/** Runs a step and keeps how long it took. */
async function timed<T>(samples: Samples, step: Step, work: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const result = await work();
  samples[step].push(performance.now() - startMs);
  return result;
}

function noSamples(): Samples {
  return {
    RunPodSandbox: [],
    CreateContainer: [],
    StartContainer: [],
    StopContainer: [],
    RemoveContainer: [],
    RemovePodSandbox: [],
  };
}

async function bareLife(client: HyperdClient, image: string, samples: Samples): Promise<void> {
  const id = `bench-${crypto.randomUUID()}`;
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2));
  const podSpec = wire.UserPod.fromPartial({
    id,
    hostname: "bench",
    interfaces: [{ bridge, ip: `10.9.${a}.${b}/16`, ifname: "eth0" }],
  });
  await timed(samples, "RunPodSandbox", async () => {
    await client.call("podCreate", { podSpec, podID: id });
    await client.call("podStart", { podID: id });
  });
  const { containerID } = await timed(
    samples,
    "CreateContainer",
    () =>
      client.call("containerCreate", {
        podID: id,
        containerSpec: wire.UserContainer.fromPartial({
          name: `${id}-main`,
          image,
          entrypoint: ["sleep", "1000"],
        }),
      }),
  );
  await timed(
    samples,
    "StartContainer",
    () => client.call("containerStart", { containerId: containerID }),
  );
  await timed(samples, "StopContainer", async () => {
    await client.call("containerSignal", { podID: id, containerID, signal: 9n });
    await client.call("wait", { container: containerID, processId: "", noHang: false });
  });
  await timed(
    samples,
    "RemoveContainer",
    () => client.call("containerRemove", { containerId: containerID }),
  );
  await timed(samples, "RemovePodSandbox", async () => {
    await client.call("podStop", { podID: id });
    await client.call("podRemove", { podID: id });
  });
}

async function fraktiLife(subject: HyperdUnderTest, samples: Samples): Promise<void> {
  const { engine } = subject;
  const pod = await timed(samples, "RunPodSandbox", () => runPod(subject));
  const config = pod.script("", { command: ["sleep", "1000"] });
  const id = await timed(samples, "CreateContainer", () => pod.create(config));
  await timed(samples, "StartContainer", () => engine.startContainer(id));
  await timed(samples, "StopContainer", () => engine.stopContainer(id, 0));
  await timed(samples, "RemoveContainer", () => engine.removeContainer(id));
  await timed(samples, "RemovePodSandbox", () => engine.removeSandbox(pod.id));
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    lives: { type: "string", default: "0" },
  },
});
const subject = await openHyperd();
await run("ip", ["link", "add", bridge, "type", "bridge"]);
const image = await subject.engine.image(subject.image);
if (image === undefined) throw new Error("The image is not there");
const client = new HyperdClient({ endpoint: doubleOf(subject).endpoint });
const [bare, frakti] = [noSamples(), noSamples()];
for (let round = 0; round < Number(values.rounds); round++) {
  report.showProgress(`Round ${round + 1} of ${values.rounds}`);
  await bareLife(client, image.id, bare);
  await fraktiLife(subject, frakti);
}
const rows = steps.map((step) => {
  const [reference, measured] = [median(bare[step]), median(frakti[step])];
  return { step, reference, measured, added: measured - reference };
});
report.printTable({
  title: `Milliseconds, median of ${values.rounds} lives each, in turns`,
  columns: ["verb", "bare calls", "frakti", "added"],
  rows: rows.map(({ step, reference, measured, added }) => [
    step,
    milliseconds(reference),
    milliseconds(measured),
    milliseconds(added),
  ]),
});

const lives = Number(values.lives);
const memory: number[] = [];
for (let life = 0; life < lives; life++) {
  report.showProgress(`Life ${life + 1} of ${lives}`);
  await fraktiLife(subject, noSamples());
  if (life + 1 === Math.ceil(lives / 2) || life + 1 === lives) memory.push(Deno.memoryUsage().rss);
}
const [half = 0, end = 0] = memory;
if (lives > 0) {
  report.say(
    `\nMemory, the double's included: ${mebibytes(half)} after half of ${lives} lives, ${
      mebibytes(end)
    } after all`,
  );
}
await report.writeReport("hyperd", { rounds: Number(values.rounds), rows, lives, memory });
client.close();
await subject.end();
Deno.exit(0);
