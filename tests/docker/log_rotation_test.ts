import assert from "node:assert/strict";
import { status } from "../support/cri_client.ts";
import { exists, waitFor } from "../support/mod.ts";
import { type LogLine, outputOf, parseLog, readBytes } from "./log_lines.ts";
import {
  createContainer,
  exitOf,
  removePod,
  restartFrakti,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  stopNow,
  type TestPod,
} from "./support.ts";

// Small, so that little output overflows it; with one file of half of that per rotation of Docker.
const replayMaxSize = "1Mi";

const node = await startNode({ config: { logs: { replayMaxSize } } });
const pod = await runPod(node, "rotation");
Deno.test.afterAll(async () => {
  await removePod(node, pod);
  await node[Symbol.asyncDispose]();
});

const pathOf = (name: string) => `${pod.config.logDirectory}/${name}.log`;
const reopen = (containerId: string) => node.cri.runtime.reopenContainerLog({ containerId });

/** Prints `count` numbered lines on both streams, a few hundred a second. */
const counting = (count: number) =>
  `i=0; while [ $i -lt ${count} ]; do i=$((i+1)); echo out $i; echo err $i >&2; usleep 3000; done`;

/** Asserts that both streams hold every line from 1 to `count` once and in order. */
function assertComplete(lines: readonly LogLine[], count: number): void {
  for (const [stream, word] of [["stdout", "out"], ["stderr", "err"]] as const) {
    const found = outputOf(lines, stream).split("\n").slice(0, -1);
    const wrong = found.findIndex((line, index) => line !== `${word} ${index + 1}`);
    assert.equal(
      wrong,
      -1,
      `${stream}: after "${found[wrong - 1]}" comes "${found[wrong]}" (${found.length} lines)`,
    );
    assert.equal(found.length, count, stream);
  }
}

async function hasLines(pod: TestPod, name: string, count: number): Promise<void> {
  const path = `${pod.config.logDirectory}/${name}.log`;
  await waitFor(`${count} lines in ${path}`, { timeoutMs: 60_000 }, async () => {
    return await exists(path) && (await readBytes(path)).split("\n").length > count;
  });
}

Deno.test("rotating many times under a writing container loses and repeats no line", async () => {
  const count = 1500;
  const id = await startContainer(node, pod, shellContainer("rotated", counting(count)));
  const parts: string[] = [];
  for (let rotation = 0; rotation < 8; rotation++) {
    await hasLines(pod, "rotated", 100);
    const part = `${pathOf("rotated")}.${rotation}`;
    await Deno.rename(pathOf("rotated"), part);
    parts.push(part);
    await reopen(id);
    assert.ok(await exists(pathOf("rotated")), "the new file is there when the call returns");
  }
  await exitOf(node, id);
  parts.push(pathOf("rotated"));
  const lines = (await Promise.all(parts.map(readBytes))).map((part) => parseLog(part));
  assertComplete(lines.flat(), count);
});

Deno.test("a log file that has been removed is made again by reopening", async () => {
  const id = await startContainer(node, pod, shellContainer("removed", counting(100_000)));
  await hasLines(pod, "removed", 10);
  await Deno.remove(pathOf("removed"));
  await reopen(id);
  assert.ok(await exists(pathOf("removed")));
  await hasLines(pod, "removed", 10);
  await stopNow(node, id);
});

Deno.test("reopening without a rename goes on in the same file", async () => {
  const count = 300;
  const id = await startContainer(node, pod, shellContainer("same", counting(count)));
  await hasLines(pod, "same", 50);
  await reopen(id);
  await reopen(id);
  await exitOf(node, id);
  assertComplete(parseLog(await readBytes(pathOf("same"))), count);
});

Deno.test("the log of a container that does not run cannot be reopened, and no file is made", async () => {
  const id = await createContainer(node, pod, shellContainer("idle", "echo hello"));
  await assert.rejects(reopen(id), { code: status.FAILED_PRECONDITION });
  assert.ok(!await exists(pathOf("idle")));
  await node.cri.runtime.startContainer({ containerId: id });
  await exitOf(node, id);
  await Deno.remove(pathOf("idle"));
  await assert.rejects(reopen(id), { code: status.FAILED_PRECONDITION });
  assert.ok(!await exists(pathOf("idle")));
  await assert.rejects(reopen("nosuch"), { code: status.NOT_FOUND });
});

Deno.test("a symlink that appears at the log path is not followed by reopening", async () => {
  const victim = await Deno.makeTempFile();
  const id = await startContainer(node, pod, shellContainer("planted", counting(100_000)));
  await hasLines(pod, "planted", 10);
  await Deno.rename(pathOf("planted"), `${pathOf("planted")}.1`);
  await Deno.symlink(victim, pathOf("planted"));
  await assert.rejects(reopen(id), { code: status.FAILED_PRECONDITION });
  assert.equal(await Deno.readTextFile(victim), "");
  const before = (await Deno.stat(`${pathOf("planted")}.1`)).size;
  await waitFor(
    "the old file goes on",
    {},
    async () => (await Deno.stat(`${pathOf("planted")}.1`)).size > before,
  );
  await Deno.remove(pathOf("planted"));
  await reopen(id);
  await hasLines(pod, "planted", 10);
  assert.equal(await Deno.readTextFile(victim), "");
  await stopNow(node, id);
});

Deno.test("kill -9, restart and rotation in any order lose and repeat no line", async () => {
  const count = 3000;
  const id = await startContainer(node, pod, shellContainer("killed", counting(count)));
  const tty = await startContainer(
    node,
    pod,
    shellContainer("killed-tty", counting(count).replaceAll("err", "tty"), { tty: true }),
  );
  const parts: string[] = [];
  const rename = async () => {
    const part = `${pathOf("killed")}.${parts.length}`;
    await Deno.rename(pathOf("killed"), part);
    return part;
  };
  await hasLines(pod, "killed", 200);
  for (const at of ["before the kill", "while away", "never", "before the kill"]) {
    if (at === "before the kill") {
      parts.push(await rename());
      await reopen(id);
    }
    await node.frakti.kill();
    // A kubelet whose call to reopen fails gives the file its name back.
    if (at === "while away") await Deno.rename(await rename(), pathOf("killed"));
    await node.frakti.start();
    node.reconnect();
    if (at !== "never") await hasLines(pod, "killed", 50);
  }
  assert.equal((await exitOf(node, id)).exitCode, 0);
  await exitOf(node, tty);
  parts.push(pathOf("killed"));
  const lines = (await Promise.all(parts.map(readBytes))).map((part) => parseLog(part));
  assertComplete(lines.flat(), count);
  const expected = Array.from({ length: count }, (_, at) => `out ${at + 1}\ntty ${at + 1}\n`);
  const output = outputOf(parseLog(await readBytes(pathOf("killed-tty"))));
  assert.equal(output.replaceAll("\r", ""), expected.join(""));
});

Deno.test("output of a container that ended while frakti was away is in its log", async () => {
  const count = 400;
  const id = await startContainer(node, pod, shellContainer("away", counting(count)));
  await hasLines(pod, "away", 20);
  await node.frakti.kill();
  await waitFor("the container ends", { timeoutMs: 60_000 }, async () => {
    const state = await node.dockerd.docker(["inspect", "-f", "{{.State.Running}}", id]);
    return state.trim() === "false";
  });
  await node.frakti.start();
  node.reconnect();
  assert.equal((await exitOf(node, id)).exitCode, 0);
  assertComplete(parseLog(await readBytes(pathOf("away"))), count);
});

Deno.test("what did not fit into Docker's buffer while frakti was away is counted and logged", async () => {
  // Waits for the file, then writes far more than the buffer holds, then goes on slowly.
  const script = "echo first; while [ ! -e /signal/go ]; do usleep 50000; done; " +
    "seq 1 60000 | sed 's/^/line /; s/$/ of the flood, with some more words in it/'; " +
    "echo flood-over; touch /signal/over; while [ ! -e /signal/end ]; do usleep 50000; done; echo last";
  const signal = await Deno.makeTempDir();
  const id = await startContainer(
    node,
    pod,
    shellContainer("flooded", script, {
      mounts: [{ hostPath: signal, containerPath: "/signal" }],
    }),
  );
  await waitFor(
    "the first line",
    {},
    async () => (await readBytes(pathOf("flooded"))).includes("first"),
  );
  await node.frakti.kill();
  await Deno.writeTextFile(`${signal}/go`, "");
  await waitFor("the flood is over", { timeoutMs: 60_000 }, () => exists(`${signal}/over`));
  await node.frakti.start();
  node.reconnect();
  await waitFor(
    "the buffer is written",
    { timeoutMs: 60_000 },
    async () => (await readBytes(pathOf("flooded"))).includes("flood-over"),
  );
  const { info } = await node.cri.runtime.containerStatus({ containerId: id, verbose: true });
  const details: { log?: { gaps?: number } } = JSON.parse(info.get("info") ?? "{}");
  assert.equal(details.log?.gaps, 1);
  assert.match(await node.frakti.log(), /output lost/);
  await Deno.writeTextFile(`${signal}/end`, "");
  await exitOf(node, id);
  const output = outputOf(parseLog(await readBytes(pathOf("flooded"))));
  assert.match(output, /^first\n/);
  const numbers = [...output.matchAll(/^line (\d+) of the flood/gm)].map(([, number]) =>
    Number(number)
  );
  assert.equal(numbers.at(-1), 60_000);
  assert.ok((numbers[0] ?? 0) > 1, "the beginning of the flood is lost");
  numbers.forEach((number, index) => {
    assert.equal(number, (numbers[0] ?? 0) + index, "without another hole or a repetition");
  });
  assert.match(output, /flood-over\nlast\n$/);
});

Deno.test("a restart repeats and loses nothing of a log that nobody rotates", async () => {
  const count = 600;
  const id = await startContainer(node, pod, shellContainer("plain", counting(count)));
  await hasLines(pod, "plain", 100);
  await restartFrakti(node);
  await restartFrakti(node);
  await exitOf(node, id);
  assertComplete(parseLog(await readBytes(pathOf("plain"))), count);
});
