import assert from "node:assert/strict";
import type net from "node:net";
import { describe, hasCode } from "../../../lib/errors.ts";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { silentLogger } from "../../../lib/log.ts";
import type { ExecRequest, ExecSession } from "../../domain.ts";
import { containerId } from "../../ids.ts";
import { startRawEngine } from "../client/fake_engine.ts";
import { dockerClient } from "../client/mod.ts";
import { DockerExecs } from "./docker_execs.ts";
import type { HostProcess, HostProcesses } from "./host_processes.ts";

const id = containerId("c".repeat(64));
const encoder = new TextEncoder();
const upgraded = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

interface Engine {
  /** What GET /exec/e/json answers. */
  exec: unknown;
  apiVersion: string;
  /** Takes the connection of a started exec. */
  readonly onStart: (socket: net.Socket) => void;
}

interface Parts {
  readonly execs: DockerExecs;
  readonly clock: FakeClock;
  readonly killed: number[];
  /** How often the engine was asked for the exec. */
  readonly looks: () => number;
}

async function withEngine(engine: Engine, work: (parts: Parts) => Promise<void>): Promise<void> {
  let looks = 0;
  await using server = await startRawEngine((header, socket) => {
    const json = (body: unknown) => {
      const text = JSON.stringify(body);
      socket.end(
        `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
      );
    };
    if (header.includes(" /version ")) return json({ ApiVersion: engine.apiVersion });
    if (header.includes("/exec/e/json ")) {
      looks++;
      return json(engine.exec);
    }
    if (!header.includes("/exec/e/start ")) return json({ Id: "e" });
    socket.write(upgraded);
    engine.onStart(socket);
  });
  const clock = new FakeClock();
  const killed: number[] = [];
  const processes: HostProcess[] = [{ pid: 200, parentPid: 60, sessionId: 200 }];
  const host: HostProcesses = {
    list: () => Promise.resolve(processes.filter(({ pid }) => !killed.includes(pid))),
    cgroupsOf: () => Promise.resolve(`1:memory:/kubepods/${id}`),
    directoryOf: (pid) => Promise.resolve(pid === 60 ? "/run/containerd/c/e" : "/"),
    kill: (pid) => {
      killed.push(pid);
      engine.exec = { Running: false, ExitCode: 137, Pid: pid };
      return true;
    },
  };
  const client = dockerClient({ socketPath: server.socketPath, clock });
  await client.connect();
  try {
    const execs = new DockerExecs({ client, clock, log: silentLogger, host });
    await work({ execs, clock, killed, looks: () => looks });
    assert.equal(execs.size, 0, "an exec was left behind");
    // A look that was under way when the event came ends by itself.
    for (let turn = 0; clock.pending > 0 && turn < 1000; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(clock.pending, 0, "a timer was left behind");
  } finally {
    client.close();
  }
}

const running = { Running: true, ExitCode: null, Pid: 200 };

function frame(stream: number, text: string): Uint8Array {
  const content = encoder.encode(text);
  return new Uint8Array([stream, 0, 0, 0, 0, 0, 0, content.length, ...content]);
}

const request: ExecRequest = { command: ["sh"], tty: false, stdin: false };

function die(execs: DockerExecs, exitCode: string): void {
  execs.noteEvent({
    type: "container",
    action: "exec_die",
    id,
    attributes: { execID: "e", exitCode },
    timeNs: 0n,
  });
}

/** Starts one whose connection ends before its event comes: the clock goes on meanwhile. */
async function startLate({ execs, clock }: Parts): Promise<ExecSession> {
  const starting = execs.start(id, request);
  let isSettled = false;
  const settle = () => isSettled = true;
  starting.then(settle, settle);
  while (!isSettled) {
    await clock.advance(1);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return await starting;
}

function textsOf(session: ExecSession): Promise<[string, string]> {
  return Promise.all([
    new Response(session.stdout).text(),
    new Response(session.stderr).text(),
  ]);
}

Deno.test("stdout and stderr come apart, and the event gives the code", async () => {
  await withEngine({
    exec: running,
    apiVersion: "1.41",
    onStart: (socket) => {
      socket.write(frame(1, "out "));
      socket.write(frame(2, "err"));
      socket.end(frame(1, "more"));
    },
  }, async ({ execs }) => {
    const session = await execs.start(id, request);
    assert.deepEqual(await textsOf(session), ["out more", "err"]);
    die(execs, "7");
    assert.equal(await session.exit, 7);
  });
});

Deno.test("an event without a code, or of another exec, is left out", async () => {
  await withEngine({
    exec: running,
    apiVersion: "1.41",
    onStart: (socket) => socket.end(),
  }, async (parts) => {
    const { execs } = parts;
    const session = await startLate(parts);
    die(execs, "x");
    execs.noteEvent({ type: "container", action: "die", id, attributes: {}, timeNs: 0n });
    assert.equal(execs.size, 1);
    die(execs, "0");
    assert.equal(await session.exit, 0);
  });
});

Deno.test("a command that is over at once, with its event, costs no look", async () => {
  await withEngine({
    exec: running,
    apiVersion: "1.41",
    onStart: (socket) => socket.end(),
  }, async ({ execs, looks }) => {
    const starting = execs.start(id, request);
    while (execs.size === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    die(execs, "3");
    const session = await starting;
    assert.deepEqual(await textsOf(session), ["", ""]);
    assert.equal(await session.exit, 3);
    assert.equal(looks(), 0);
  });
});

Deno.test("a command whose client does not come to it is made ready and never started", async () => {
  let starts = 0;
  await withEngine({
    exec: running,
    apiVersion: "1.41",
    onStart: (socket) => {
      starts++;
      socket.end();
    },
  }, async ({ execs }) => {
    const mayStart = Promise.reject(new Error("Nobody came"));
    mayStart.catch(() => {}); // The engine looks at it later.
    await assert.rejects(execs.start(id, { ...request, mayStart }), { message: "Nobody came" });
    assert.equal(starts, 0);
  });
});

Deno.test("a terminal's bytes are stdout as they are", async () => {
  await withEngine({
    exec: running,
    apiVersion: "1.41",
    onStart: (socket) => socket.end("plain\r\n"),
  }, async ({ execs }) => {
    const session = await execs.start(id, { ...request, tty: true });
    assert.deepEqual(await textsOf(session), ["plain\r\n", ""]);
    die(execs, "0");
    await session.exit;
  });
});

Deno.test("a process that was never started is an error with the runtime's words", async () => {
  await withEngine({
    exec: { Running: false, ExitCode: 126, Pid: 0 },
    apiVersion: "1.41",
    onStart: (socket) => socket.end(frame(1, "OCI runtime exec failed: no such thing\r\n")),
  }, async ({ execs }) => {
    await assert.rejects(execs.start(id, request), (error) =>
      hasCode(error, "Unknown") &&
      describe(error) === `Cannot exec "sh" in container "${id}": ` +
          "OCI runtime exec failed: no such thing");
  });
});

Deno.test("a process that ends with 126 by itself is no error", async () => {
  await withEngine({
    exec: { Running: false, ExitCode: 126, Pid: 200 },
    apiVersion: "1.41",
    onStart: (socket) => socket.end(),
  }, async (parts) => {
    const { execs, clock } = parts;
    const session = await startLate(parts);
    assert.deepEqual(await textsOf(session), ["", ""]);
    while (execs.size > 0) {
      await clock.advance(1000);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(await session.exit, 126);
  });
});

Deno.test("bytes that are no frames fail the readers, and a kill ends it all", async () => {
  await withEngine({
    exec: running,
    apiVersion: "1.41",
    onStart: (socket) => socket.write("these are no frames"),
  }, async ({ execs, killed }) => {
    const session = await execs.start(id, request);
    await assert.rejects(textsOf(session));
    const kill = session.kill();
    die(execs, "137");
    await kill;
    assert.deepEqual(killed, [200]);
  });
});

Deno.test("an engine that tells no pid starts at once, and its process is found for a kill", async () => {
  await withEngine({
    exec: { Running: true, ExitCode: null },
    apiVersion: "1.24",
    onStart: (socket) => socket.write(frame(1, "x")),
  }, async ({ execs, killed }) => {
    const session = await execs.start(id, request);
    const kill = session.kill();
    while (killed.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    die(execs, "137");
    await kill;
    assert.deepEqual(killed, [200]);
  });
});

Deno.test("output tells of the start before the next look is due", async () => {
  const engine: Engine = {
    exec: { Running: false, ExitCode: null, Pid: 0 },
    apiVersion: "1.41",
    onStart: (socket) => {
      setTimeout(() => {
        engine.exec = running;
        socket.end(frame(1, "here"));
      }, 20);
    },
  };
  await withEngine(engine, async ({ execs }) => {
    const session = await execs.start(id, request); // The clock stands still.
    assert.deepEqual(await textsOf(session), ["here", ""]);
    die(execs, "0");
    await session.exit;
  });
});

Deno.test("an empty command is refused", async () => {
  await withEngine(
    { exec: running, apiVersion: "1.41", onStart: () => {} },
    async ({ execs }) => {
      await assert.rejects(
        execs.start(id, { ...request, command: [] }),
        (error) => hasCode(error, "InvalidArgument"),
      );
    },
  );
});
