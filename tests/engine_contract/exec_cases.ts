/** The contract of exec: streams, exit code, half-close, kill. */

import assert from "node:assert/strict";
import type { ExecSession } from "../../src/engines/domain.ts";
import type { ContainerId } from "../../src/engines/ids.ts";
import { describe } from "../../src/lib/errors.ts";
import { hashOf, pattern, patternHash } from "../streaming/pattern.ts";
import { waitFor } from "../support/wait.ts";
import { obedient, type Pod, refuses, runPod } from "./pods.ts";
import type { ContractCase } from "./subject.ts";

function exec(pod: Pod, id: ContainerId, script: string, options = {}): Promise<ExecSession> {
  const command = ["/bin/sh", "-c", script];
  return pod.engine.exec(id, { command, tty: false, stdin: false, ...options });
}

/** Reads a session to its end. */
async function outcome(session: ExecSession) {
  const [stdout, stderr, code] = await Promise.all([
    new Response(session.stdout).text(),
    new Response(session.stderr).text(),
    session.exit,
  ]);
  return { stdout, stderr, code };
}

export const execCases: readonly ContractCase[] = [
  {
    name: "exec gives standard output and error apart, and the exit code",
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const session = await exec(pod, id, "echo out; echo err >&2; exit 5");
      assert.equal(session.stdin, undefined);
      assert.deepEqual(await outcome(session), { stdout: "out\n", stderr: "err\n", code: 5 });
    },
  },
  {
    name: "exec sees the end of its input, and answers after it",
    needs: ["processes", "bulk"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const session = await exec(pod, id, "wc -c; echo done", { stdin: true });
      const writer = session.stdin?.getWriter();
      const result = outcome(session);
      const chunk = new Uint8Array(64 * 1024);
      for (let count = 0; count < 32; count++) await writer?.write(chunk);
      await writer?.close();
      assert.deepEqual(await result, { stdout: "2097152\ndone\n", stderr: "", code: 0 });
    },
  },
  {
    name: "exec carries bytes as they are",
    needs: ["processes", "bulk"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const session = await exec(pod, id, "cat", { stdin: true });
      const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);
      const received = new Response(session.stdout).bytes();
      const writer = session.stdin?.getWriter();
      await writer?.write(bytes);
      await writer?.close();
      assert.deepEqual(await received, bytes);
      assert.equal(await session.exit, 0);
    },
  },
  {
    name: "exec carries megabytes both ways at once, unchanged",
    needs: ["processes", "bulk"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const session = await exec(pod, id, "cat", { stdin: true });
      const sizeBytes = 24 * 1024 * 1024;
      const received = hashOf(session.stdout);
      const writer = session.stdin?.getWriter();
      for (const chunk of pattern(sizeBytes)) await writer?.write(chunk);
      await writer?.close();
      assert.deepEqual(await received, { bytes: sizeBytes, hash: patternHash(sizeBytes) });
      assert.equal(await session.exit, 0);
    },
  },
  {
    name: "a process whose output nobody reads waits, and loses nothing",
    needs: ["processes", "bulk"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const sizeBytes = 24 * 1024 * 1024;
      const flood = await exec(pod, id, `head -c ${sizeBytes} /dev/zero; touch /tmp/done`);
      const look = await outcome(await exec(pod, id, "sleep 2; ls /tmp"));
      assert.equal(look.stdout, "");
      assert.equal((await hashOf(flood.stdout)).bytes, sizeBytes);
      assert.equal(await flood.exit, 0);
      assert.equal((await outcome(await exec(pod, id, "ls /tmp"))).stdout, "done\n");
    },
  },
  {
    name: "with a terminal everything is standard output, and its size can change",
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const script = "read answer; stty size; echo err >&2";
      const session = await exec(pod, id, script, { tty: true, stdin: true });
      await session.resize(123, 45);
      const result = outcome(session);
      const writer = session.stdin?.getWriter();
      await writer?.write(new TextEncoder().encode("go\n"));
      const { stdout, stderr, code } = await result;
      assert.match(stdout, /45 123\r\nerr\r\n/);
      assert.deepEqual([stderr, code], ["", 0]);
    },
  },
  {
    name: "the exit code does not wait for a child that keeps the pipes",
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const session = await exec(pod, id, "sleep 1000 & exit 4");
      assert.equal(await session.exit, 4);
      await session.kill();
    },
  },
  {
    name: "what a command left behind outlives a kill after its end",
    needs: ["processes", "leftBehind"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const session = await exec(pod, id, "sleep 4711 & exit 0");
      assert.equal(await session.exit, 0);
      await session.kill();
      for (let round = 0; round < 3; round++) {
        const look = "sleep 1; pgrep -f 'sleep 471[1]' >/dev/null";
        assert.equal((await outcome(await exec(pod, id, look))).code, 0);
      }
    },
  },
  {
    name: "kill ends the process and what it started, closes the streams, and repeats",
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const session = await exec(pod, id, "sleep 4711 & sleep 4711");
      const result = outcome(session);
      const sleepers = async () =>
        (await outcome(await exec(pod, id, "pgrep -f 'sleep 471[1]' | wc -l"))).stdout.trim();
      await waitFor("both sleep", {}, async () => Number(await sleepers()) >= 2);
      await session.kill();
      assert.notEqual((await result).code, 0);
      await waitFor("nobody sleeps", {}, async () => await sleepers() === "0");
      await session.kill();
      assert.equal(pod.engine.container(id)?.state, "running");
    },
  },
  {
    name: "exec in a container that does not run is FailedPrecondition",
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await pod.create(pod.script(obedient));
      await refuses("FailedPrecondition", exec(pod, id, "true"));
      await pod.engine.startContainer(id);
      await pod.engine.stopContainer(id, 0);
      await refuses("FailedPrecondition", exec(pod, id, "true"));
    },
  },
  {
    name: "a command that does not exist fails the exec and names itself",
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      const id = await pod.start(obedient);
      const request = { command: ["/no/such/program"], tty: false, stdin: false };
      await assert.rejects(
        pod.engine.exec(id, request),
        (error) => describe(error).includes("/no/such/program"),
      );
      assert.deepEqual((await outcome(await exec(pod, id, "echo next"))).stdout, "next\n");
    },
  },
];
