import assert from "node:assert/strict";
import { connectCri, status } from "../support/cri_client.ts";
import { exists, waitFor } from "../support/mod.ts";
import { outputOf, parseLog, readBytes } from "./log_lines.ts";
import {
  busybox,
  createContainer,
  exited,
  exitOf,
  podConfig,
  readLog,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  statusOf,
} from "./support.ts";

const node = await startNode();
const pod = await runPod(node, "logs");
Deno.test.afterAll(async () => {
  await removePod(node, pod);
  await node[Symbol.asyncDispose]();
});

/** Runs a script to its end and returns its log. */
async function logOf(name: string, script: string, overrides = {}): Promise<string> {
  const id = await startContainer(node, pod, shellContainer(name, script, overrides));
  const end = await exitOf(node, id);
  return await readBytes(end.logPath);
}

Deno.test("a line is its time, its stream, a tag and what was written", async () => {
  const before = new Date();
  const log = await logOf("form", "echo one; echo; echo '  two  '");
  const lines = parseLog(log);
  assert.deepEqual(lines.map(({ stream, tag, content }) => [stream, tag, content]), [
    ["stdout", "F", "one"],
    ["stdout", "F", ""],
    ["stdout", "F", "  two  "],
  ]);
  const time = new Date(lines[0]?.time ?? "");
  assert.ok(time.getTime() >= before.getTime() - 1000 && time.getTime() <= Date.now() + 1000);
});

Deno.test("the log file can be read by its group and written by nobody else", async () => {
  await logOf("mode", "echo hello");
  const info = await Deno.stat(`${pod.config.logDirectory}/mode.log`);
  assert.equal((info.mode ?? 0) & 0o777, 0o640);
});

Deno.test("a log path in a directory that is not there makes the directory", async () => {
  const id = await startContainer(
    node,
    pod,
    shellContainer("nested", "echo deep", { logPath: "nested/of/pod/0.log" }),
  );
  const end = await exitOf(node, id);
  assert.equal(end.logPath, `${pod.config.logDirectory}/nested/of/pod/0.log`);
  assert.equal(outputOf(parseLog(await readBytes(end.logPath))), "deep\n");
});

Deno.test("lines over 16 KiB are cut into parts that join to what was written", async () => {
  for (const length of [16_383, 16_384, 16_385, 40_000, 32_768]) {
    const log = await logOf(
      `long-${length}`,
      `head -c ${length} /dev/zero | tr '\\0' x; echo; echo after`,
    );
    const lines = parseLog(log);
    assert.equal(outputOf(lines), `${"x".repeat(length)}\nafter\n`, `${length} bytes`);
    assert.ok(lines.every((line) => line.content.length <= 16_384));
    assert.equal(lines[0]?.tag, length > 16_384 ? "P" : lines[0]?.tag);
  }
});

Deno.test("bytes that are no UTF-8 arrive as they were written", async () => {
  const log = await logOf("bytes", String.raw`printf '\377\376\000x\200\n\301\n'`);
  assert.equal(outputOf(parseLog(log)), "\xff\xfe\x00x\x80\n\xc1\n");
});

Deno.test("output that ends without a newline is in the log all the same", async () => {
  const lines = parseLog(await logOf("unfinished", "echo whole; printf unfinished"));
  assert.deepEqual(lines.map(({ content }) => content), ["whole", "unfinished"]);
});

Deno.test("a terminal's output is all on stdout", async () => {
  const log = await logOf(
    "terminal",
    "echo out; echo err >&2; head -c 20000 /dev/zero | tr '\\0' y",
    {
      tty: true,
    },
  );
  const lines = parseLog(log);
  assert.ok(lines.every(({ stream }) => stream === "stdout"));
  assert.equal(
    outputOf(lines).replaceAll("\r", "").trimEnd(),
    `out\nerr\n${"y".repeat(20_000)}`,
  );
});

Deno.test("both streams of a container keep their order", async () => {
  const script = "i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo o$i; echo e$i >&2; done";
  const lines = parseLog(await logOf("both", script));
  const numbers = Array.from({ length: 500 }, (_, index) => index + 1);
  assert.equal(outputOf(lines, "stdout"), numbers.map((number) => `o${number}\n`).join(""));
  assert.equal(outputOf(lines, "stderr"), numbers.map((number) => `e${number}\n`).join(""));
});

Deno.test("a container is exited only once the last of its bytes is in the log", async () => {
  const line = "0123456789abcdef".repeat(8).slice(1); // 128 bytes with its newline.
  for (const round of [1, 2]) {
    const name = `last-${round}`;
    const id = await startContainer(
      node,
      pod,
      shellContainer(name, `yes ${line} | head -c 5242880; echo the-end`),
    );
    await waitFor(
      "the end",
      { timeoutMs: 60_000, intervalMs: 1 },
      async () => (await statusOf(node, id)).state === exited,
    );
    const output = outputOf(parseLog(await readBytes(`${pod.config.logDirectory}/${name}.log`)));
    assert.equal(output.length, 5_242_880 + "the-end\n".length);
    assert.ok(output.endsWith("the-end\n"));
  }
});

Deno.test("output is in the log while the container runs", async () => {
  const id = await startContainer(node, pod, shellContainer("live", "echo now; sleep 10000"));
  await waitFor("the line", {}, async () => (await readLog(pod, "live")).includes(" F now\n"));
  await node.cri.runtime.removeContainer({ containerId: id });
  assert.ok(await exists(`${pod.config.logDirectory}/live.log`), "the log stays");
});

Deno.test("a symlink at the log path is refused and not followed", async () => {
  const victim = await Deno.makeTempFile();
  await Deno.symlink(victim, `${pod.config.logDirectory}/link.log`);
  const id = await createContainer(node, pod, shellContainer("link", "echo secret"));
  await assert.rejects(node.cri.runtime.startContainer({ containerId: id }), {
    code: status.FAILED_PRECONDITION,
  });
  assert.equal(await Deno.readTextFile(victim), "");
  await node.cri.runtime.removeContainer({ containerId: id });
});

Deno.test("a FIFO at the log path is refused and holds nobody up", async () => {
  await new Deno.Command("mkfifo", { args: [`${pod.config.logDirectory}/fifo.log`] }).output();
  const id = await createContainer(node, pod, shellContainer("fifo", "echo hello"));
  await assert.rejects(node.cri.runtime.startContainer({ containerId: id }), {
    code: status.FAILED_PRECONDITION,
  });
  await node.cri.runtime.removeContainer({ containerId: id });
});

Deno.test("a log path that climbs out of the pod's directory is refused", async () => {
  for (const logPath of ["../escape.log", "a/../../escape.log", "/etc/escape.log", ".."]) {
    await assert.rejects(
      createContainer(node, pod, shellContainer("escape", "true", { logPath })),
      { code: status.INVALID_ARGUMENT },
      logPath,
    );
  }
});

Deno.test("without a log path output is dropped and the container runs", async () => {
  const id = await startContainer(node, pod, shellContainer("quiet", "echo x", { logPath: "" }));
  const end = await exitOf(node, id);
  assert.equal(end.exitCode, 0);
  assert.equal(end.logPath, "");
});

Deno.test("a pod of Kubernetes 1.6 gets log lines without tags, for its containers' whole life", async () => {
  const old = connectCri(node.frakti.socketPath, "runtime");
  const config = podConfig(node, "old");
  const { linux: _linux, ...plain } = config;
  const { podSandboxId } = await old.runtime.runPodSandbox({ config: plain });
  const container = {
    metadata: { name: "main", attempt: 0 },
    image: { image: busybox },
    command: ["/bin/sh", "-c", "echo F hello; echo err >&2; head -c 20000 /dev/zero | tr '\\0' z"],
    logPath: "main.log",
  };
  const { containerId } = await old.runtime.createContainer({
    podSandboxId,
    config: container,
    sandboxConfig: plain,
  });
  await old.runtime.startContainer({ containerId });
  const end = await exitOf(node, containerId);
  const lines = parseLog(await readBytes(end.logPath), { tagged: false });
  const texts = lines.filter(({ stream }) => stream === "stdout").map(({ content }) => content);
  assert.equal(texts[0], "F hello");
  assert.equal(texts.slice(1).join(""), "z".repeat(20_000));
  assert.ok(lines.some(({ stream, content }) => stream === "stderr" && content === "err"));
  old.close();
  await removePod(node, { id: podSandboxId, config });
});
