/** The contract of attach: who gets what, what ends a session, what a session ends. */

import assert from "node:assert/strict";
import type { AttachRequest, AttachSession, ContainerConfig } from "../../src/engines/domain.ts";
import { type ContainerId, containerId } from "../../src/engines/ids.ts";
import { waitFor } from "../support/wait.ts";
import { known, obedient, type Pod, refuses, runPod, untilExited } from "./pods.ts";
import type { ContractCase } from "./subject.ts";

const output: AttachRequest = { stdin: false, stdout: true, stderr: true, tty: false };
const both: AttachRequest = { ...output, stdin: true };
const input: AttachRequest = { stdin: true, stdout: false, stderr: false, tty: false };

/** A container that says what it hears. */
function startCat(pod: Pod, overrides: Partial<ContainerConfig> = {}): Promise<ContainerId> {
  return pod.start("exec cat", { stdin: true, ...overrides });
}

async function type(session: AttachSession, text: string): Promise<void> {
  const writer = session.stdin?.getWriter();
  assert.ok(writer !== undefined, "The session has no stdin");
  await writer.write(new TextEncoder().encode(text));
  writer.releaseLock();
}

/** Reads `wanted`; fails when the stream ends before or says anything else. */
async function hears(stream: ReadableStream<Uint8Array>, wanted: string): Promise<void> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let heard = "";
  while (heard.length < wanted.length) {
    const { value, done } = await reader.read();
    assert.ok(!done, `The stream ended after ${JSON.stringify(heard)}`);
    heard += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  assert.equal(heard, wanted);
}

/** What is still to come, also of a stream of which something was read already. */
async function rest(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

export const attachCases: readonly ContractCase[] = [
  {
    name: "everybody who is attached gets all output, whoever types",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startCat(pod);
      const [typist, other, reader] = [
        await engine.attach(id, both),
        await engine.attach(id, both),
        await engine.attach(id, output),
      ];
      assert.equal(reader.stdin, undefined);
      await type(typist, "one\n");
      for (const session of [typist, other, reader]) await hears(session.stdout, "one\n");
      await type(other, "two\n");
      for (const session of [typist, other, reader]) await hears(session.stdout, "two\n");
      for (const session of [typist, other, reader]) await session.close();
    },
  },
  {
    name: "who detaches hears the end, and neither the container nor the others do",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startCat(pod);
      const [first, second] = [await engine.attach(id, both), await engine.attach(id, both)];
      await type(first, "a");
      await hears(first.stdout, "a");
      await hears(second.stdout, "a");
      await first.close();
      await first.close();
      assert.deepEqual([await rest(first.stdout), await rest(first.stderr)], ["", ""]);
      await type(second, "b");
      await hears(second.stdout, "b");
      await second.close();
      assert.equal(known(engine, id).state, "running");
    },
  },
  {
    name: "output from before is not repeated",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startCat(pod);
      const early = await engine.attach(id, both);
      await type(early, "before");
      await hears(early.stdout, "before");
      const late = await engine.attach(id, both);
      await type(early, "after");
      await hears(late.stdout, "after");
      await early.close();
      await late.close();
    },
  },
  {
    name: "the end of the container ends every session",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startCat(pod);
      const sessions = [await engine.attach(id, both), await engine.attach(id, output)];
      sessions.push(await engine.attach(id, input));
      const ends = sessions.flatMap(({ stdout, stderr }) => [rest(stdout), rest(stderr)]);
      await engine.stopContainer(id, 0);
      assert.deepEqual(await Promise.all(ends), Array(ends.length).fill(""));
      for (const session of sessions) await session.close();
    },
  },
  {
    name: "the first one that ends the input ends that of a stdinOnce container",
    needs: ["inputEnd"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startCat(pod, { stdinOnce: true });
      const [typist, reader] = [await engine.attach(id, both), await engine.attach(id, output)];
      await type(typist, "all of it");
      await typist.stdin?.close();
      assert.deepEqual(
        [await rest(typist.stdout), await rest(reader.stdout)],
        ["all of it", "all of it"],
      );
      assert.equal((await untilExited(engine, id)).exitCode, 0);
    },
  },
  {
    name: "the first one with an input that just leaves ends that of a stdinOnce container",
    needs: ["inputEnd"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startCat(pod, { stdinOnce: true });
      const [typist, reader] = [await engine.attach(id, both), await engine.attach(id, output)];
      const watcher = await engine.attach(id, output);
      await watcher.close();
      await type(typist, "all of it");
      await typist.close();
      await typist.close();
      assert.equal(await rest(reader.stdout), "all of it");
      assert.equal((await untilExited(engine, id)).exitCode, 0);
    },
  },
  {
    name: "the end of the input detaches from any other container, which goes on",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startCat(pod);
      const [first, second] = [await engine.attach(id, both), await engine.attach(id, both)];
      await type(first, "a");
      await hears(first.stdout, "a");
      await hears(second.stdout, "a");
      await first.stdin?.close();
      assert.equal(await rest(first.stdout), "");
      await type(second, "b");
      await hears(second.stdout, "b");
      assert.equal(known(engine, id).state, "running");
      await second.close();
    },
  },
  {
    name: "a session that only types goes on until its input ends, and hears nothing",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startCat(pod);
      const [typist, reader] = [await engine.attach(id, input), await engine.attach(id, output)];
      const ends = [rest(typist.stdout), rest(typist.stderr)];
      const ended = Promise.race(ends).then(() => "ended");
      await type(typist, "one\n");
      await hears(reader.stdout, "one\n");
      const pause = new Promise((resolve) => setTimeout(resolve, 300, "goes on"));
      assert.equal(await Promise.race([ended, pause]), "goes on");
      await type(typist, "two\n");
      await typist.stdin?.close();
      assert.deepEqual(await Promise.all(ends), ["", ""]);
      await hears(reader.stdout, "two\n");
      assert.equal(known(engine, id).state, "running");
      await typist.close();
      await reader.close();
    },
  },
  {
    name: "a session that only types ends with its input, and ends that of a stdinOnce container",
    needs: ["inputEnd"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await startCat(pod, { stdinOnce: true });
      const [typist, reader] = [await engine.attach(id, input), await engine.attach(id, output)];
      await type(typist, "all of it");
      await typist.stdin?.close();
      assert.deepEqual([await rest(typist.stdout), await rest(typist.stderr)], ["", ""]);
      assert.equal(await rest(reader.stdout), "all of it");
      assert.equal((await untilExited(engine, id)).exitCode, 0);
    },
  },
  {
    name: "a container without stdin has none to write to",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const session = await engine.attach(id, both);
      assert.equal(session.stdin, undefined);
      await session.close();
      await refuses("FailedPrecondition", engine.attach(id, input));
      assert.equal(known(engine, id).state, "running");
    },
  },
  {
    name: "attach to a container that is unknown or does not run is refused",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      await refuses("NotFound", engine.attach(containerId("0".repeat(64)), output));
      const id = await pod.create(pod.script(obedient));
      await refuses("FailedPrecondition", engine.attach(id, output));
      await engine.startContainer(id);
      await engine.stopContainer(id, 0);
      await refuses("FailedPrecondition", engine.attach(id, output));
    },
  },
  {
    name: "standard output and error come apart, and only what was asked for",
    needs: ["processes"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await pod.start("read line; echo out; echo err >&2", { stdin: true });
      const all = await engine.attach(id, both);
      const onlyOut = await engine.attach(id, { ...output, stderr: false });
      const onlyErr = await engine.attach(id, { ...output, stdout: false });
      await type(all, "go\n");
      const texts = [all, onlyOut, onlyErr].map(async ({ stdout, stderr }) => [
        await rest(stdout),
        await rest(stderr),
      ]);
      assert.deepEqual(await Promise.all(texts), [["out\n", "err\n"], ["out\n", ""], [
        "",
        "err\n",
      ]]);
    },
  },
  {
    name: "with a terminal everything is standard output, and its size can change",
    needs: ["processes"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const script = "while stty size >&2; do sleep 0.1; done";
      const id = await pod.start(script, { stdin: true, tty: true });
      const session = await engine.attach(id, { ...both, tty: true });
      await session.resize(133, 37);
      const reader = session.stdout.getReader();
      let seen = "";
      while (!seen.includes("37 133")) {
        const { value, done } = await reader.read();
        assert.ok(!done, seen);
        seen += new TextDecoder().decode(value);
      }
      reader.releaseLock();
      assert.equal(await rest(session.stderr), "");
      await session.close();
      await session.resize(1, 1);
    },
  },
  {
    name: "a session that meets the end of its container ends, and no output is lost",
    needs: ["processes"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const outcomes = new Set<string>();
      for (let attempt = 0; attempt < 12; attempt++) {
        const metadata = { name: "main", attempt };
        const id = await pod.start(`sleep 0.${attempt % 6}; echo last`, { metadata });
        // In the middle of its end, one way or another.
        await new Promise((resolve) => setTimeout(resolve, 20 * (attempt % 4)));
        const outcome = await engine.attach(id, output)
          .then(({ stdout }) => rest(stdout), () => "refused");
        assert.ok(["last\n", "", "refused"].includes(outcome), outcome);
        outcomes.add(outcome);
        await untilExited(engine, id);
        await engine.removeContainer(id);
      }
      assert.ok(outcomes.has("last\n"));
    },
  },
  {
    name: "a reader that stands still holds nobody up for long, and is told why it was left",
    needs: ["processes", "flood"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const bytes = 16 * 1024 * 1024;
      const script = `read line; head -c ${bytes} /dev/zero`;
      const id = await pod.start(script, { stdin: true });
      const still = await engine.attach(id, both);
      const other = await engine.attach(id, output);
      await type(still, "go\n");
      assert.equal((await rest(other.stdout)).length, bytes);
      await untilExited(engine, id);
      await refuses("ResourceExhausted", rest(still.stdout));
    },
  },
  {
    name: "a terminal takes control characters as they are",
    needs: ["processes"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const script = "stty raw -echo; echo ready; head -c 4 | od -An -tx1; sleep 1000";
      const id = await pod.start(script, { stdin: true, tty: true });
      await waitFor("the terminal is raw", {}, async () => (await pod.log()).includes("ready"));
      const session = await engine.attach(id, { ...both, tty: true });
      await type(session, "\x10\x11a\x10");
      await hears(session.stdout, " 10 11 61 10\n");
      await session.close();
    },
  },
];
