/** Attach and dial as only Docker has them to: its buffers, its absence, what it keeps open. */

import assert from "node:assert/strict";
import type { AttachRequest } from "../../src/engines/domain.ts";
import { hasCode } from "../../src/lib/errors.ts";
import { known, linesOf, obedient, refuses, runPod, untilExited } from "../engine_contract/pods.ts";
import { openDocker } from "../engine_contract/docker_subject.ts";
import { helpersOf, noHelper } from "../network/dial_support.ts";
import { waitFor } from "../support/mod.ts";

const subject = await openDocker();
Deno.test.afterAll(() => subject.end());

const output: AttachRequest = { stdin: false, stdout: true, stderr: true, tty: false };
const both: AttachRequest = { ...output, stdin: true };
const encoder = new TextEncoder();

/** The engine does its own work between and after the tests. */
const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  return text;
}

test("an attacher that stands still costs the container's log nothing", async () => {
  const { engine } = subject;
  await using pod = await runPod(subject);
  const line = "x".repeat(1000);
  const id = await pod.start(
    `read go; i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo $i ${line}; done`,
    {
      stdin: true,
    },
  );
  const still = await engine.attach(id, both);
  await still.stdin?.getWriter().write(encoder.encode("go\n"));
  await untilExited(engine, id);
  const numbers = linesOf(await pod.log(), "stdout").map((text) => Number(text.split(" ")[0]));
  assert.deepEqual(numbers, Array.from({ length: 5000 }, (_, index) => index + 1));
  await refuses("ResourceExhausted", textOf(still.stdout));
});

test("five hundred attachers one after another leave nothing open", async () => {
  const { engine } = subject;
  await using pod = await runPod(subject);
  const id = await pod.start(obedient);
  const attach = async () => (await engine.attach(id, output)).close();
  await attach();
  const before = await openFiles();
  for (let count = 0; count < 500; count++) await attach();
  await waitFor("as many files are open", {}, async () => await openFiles() <= before + 2);
  assert.equal(known(engine, id).state, "running");
});

test("fifty attachers at once all hear the same, and the end", async () => {
  const { engine } = subject;
  await using pod = await runPod(subject);
  const id = await pod.start("read go; echo heard", { stdin: true });
  const [first, ...others] = await Promise.all(
    Array.from({ length: 50 }, () => engine.attach(id, both)),
  );
  await first?.stdin?.getWriter().write(encoder.encode("go\n"));
  const texts = [first, ...others].map((session) => session && textOf(session.stdout));
  assert.deepEqual(await Promise.all(texts), Array(50).fill("heard\n"));
});

test("output of a terminal is not searched for Docker's detach keys, and input neither", async () => {
  const { engine } = subject;
  await using pod = await runPod(subject);
  const id = await pod.start("stty raw -echo; echo ready; exec cat", { stdin: true, tty: true });
  await waitFor("the terminal is raw", {}, async () => (await pod.log()).includes("ready"));
  const session = await engine.attach(id, { ...both, tty: true });
  const all = Uint8Array.from({ length: 256 }, (_, index) => index);
  const writer = session.stdin?.getWriter();
  await writer?.write(all);
  await writer?.write(encoder.encode("."));
  const reader = session.stdout.getReader();
  const heard: number[] = [];
  while (heard.length < 257) {
    const { value, done } = await reader.read();
    assert.ok(!done, `Ended after ${heard.length} bytes`);
    heard.push(...value);
  }
  assert.deepEqual(heard, [...all, ".".charCodeAt(0)]);
  await session.close();
});

test("sessions break when Docker goes away, and work again when it is back", async () => {
  const { engine } = subject;
  await using pod = await runPod(subject);
  const id = await pod.start("exec cat", { stdin: true });
  const session = await engine.attach(id, both);
  const ended = textOf(session.stdout).then(() => true, (error) => hasCode(error, "Unavailable"));
  await subject.away();
  assert.equal(await ended, true);
  await refuses("Unavailable", engine.attach(id, both));
  await subject.back();
  assert.equal(known(engine, id).state, "running");
  const again = await engine.attach(id, both);
  await again.stdin?.getWriter().write(encoder.encode("back"));
  const { value } = await again.stdout.getReader().read();
  assert.equal(new TextDecoder().decode(value), "back");
  await again.close();
});

test("connections into a pod need no Docker, and the end of the pod leaves no helper", async () => {
  const { engine } = subject;
  await using pod = await runPod(subject);
  await pod.start("exec tcpsvd -E 127.0.0.1 7 cat");
  const dialed = await waitFor(
    "somebody listens",
    {},
    () => engine.dial(pod.id, 7).catch(() => undefined),
  );
  await subject.away();
  try {
    const second = await engine.dial(pod.id, 7);
    await second.writable.getWriter().close();
    assert.equal(await textOf(second.readable), "");
  } finally {
    await subject.back();
  }
  assert.equal((await helpersOf(subject.dialDir)).length, 1);
  await engine.stopSandbox(pod.id);
  assert.deepEqual(await helpersOf(subject.dialDir), []);
  dialed.close();
  await noHelper(subject.dialDir);
});

test("a pod whose pause container was killed takes its helper with it", async () => {
  const { engine, dockerd } = subject;
  await using pod = await runPod(subject);
  await pod.start("exec tcpsvd -E 127.0.0.1 7 cat");
  const connection = await waitFor(
    "somebody listens",
    {},
    () => engine.dial(pod.id, 7).catch(() => undefined),
  );
  const ended = textOf(connection.readable).then(() => {}, () => {});
  await dockerd.docker(["kill", pod.id]);
  await ended;
  await noHelper(subject.dialDir);
  await waitFor("the pod is not ready", {}, () => engine.sandbox(pod.id)?.state === "notready");
  await refuses("FailedPrecondition", engine.dial(pod.id, 7));
});

async function openFiles(): Promise<number> {
  return (await Array.fromAsync(Deno.readDir("/proc/self/fd"))).length;
}
