import assert from "node:assert/strict";
import { outputOf, parseLog, readBytes } from "./log_lines.ts";
import { exitOf, removePod, runPod, shellContainer, startContainer, startNode } from "./support.ts";

// Docker keeps two files of half of that: it rotates every few thousand lines.
const node = await startNode({ config: { logs: { replayMaxSize: "1Mi" } } });
const pod = await runPod(node, "docker-rotation");
Deno.test.afterAll(async () => {
  await removePod(node, pod);
  await node[Symbol.asyncDispose]();
});

const words = "and a few more words to make Docker rotate its own file soon";

/** Bursts of lines with pauses: the end of a burst is what a rotation used to swallow. */
const bursts = (count: number, perBurst: number) =>
  `i=1; while [ $i -le ${count} ]; do seq $i $((i+${perBurst}-1)) | sed 's/$/ ${words}/'; ` +
  `i=$((i+${perBurst})); usleep 20000; done`;

/** What the verbose status says of the log, while the container runs. */
async function gapsOf(containerId: string): Promise<number> {
  const { info } = await node.cri.runtime.containerStatus({ containerId, verbose: true });
  const details: { log?: { gaps?: number } } = JSON.parse(info.get("info") ?? "{}");
  return details.log?.gaps ?? 0;
}

Deno.test("Docker rotating its own file loses and repeats no line that is not counted", async () => {
  const count = 40_000; // About 4 MB as Docker keeps it, so 8 rotations.
  const script = `${bursts(count, 100)}; sleep 3`;
  const config = shellContainer("bursts", script);
  const id = await startContainer(node, pod, config);
  let gaps = 0;
  const watching = setInterval(() => {
    gapsOf(id).then((seen) => gaps = Math.max(gaps, seen), () => {});
  }, 500);
  try {
    assert.equal((await exitOf(node, id)).exitCode, 0);
  } finally {
    clearInterval(watching);
  }
  const output = outputOf(parseLog(await readBytes(`${pod.config.logDirectory}/bursts.log`)));
  const numbers = output.trimEnd().split("\n").map((line) => {
    const [number, ...rest] = line.split(" ");
    assert.equal(rest.join(" "), words);
    return Number(number);
  });
  assert.equal(numbers.at(-1), count);
  const jumps = numbers.filter((number, index) => number !== (numbers[index - 1] ?? 0) + 1);
  assert.ok(jumps.length <= gaps, `Lines are missing or repeated before ${jumps}, ${gaps} counted`);
  numbers.reduce((before, number) => {
    assert.ok(number > before, `${number} comes after ${before}`);
    return number;
  }, 0);
});
