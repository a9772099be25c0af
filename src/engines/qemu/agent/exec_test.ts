import assert from "node:assert/strict";
import { describe, hasCode } from "../../../lib/errors.ts";
import type { ExecSession } from "../../domain.ts";
import { dialPort } from "./dial.ts";
import { startExec } from "./exec.ts";
import type { HostRequest } from "./fake_guest.ts";
import { EventKind, FrameType, Op, Tag } from "./protocol.ts";
import {
  decodeAck,
  decodeData,
  decodeEof,
  encodeAck,
  encodeEof,
  encodeReset,
} from "./stream_frames.ts";
import { ackOf, connected, frameOf, sendChunk, type Stage } from "./test_stage.ts";

interface Exec {
  readonly session: ExecSession;
  /** Ids of the streams. */
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
  readonly requests: readonly HostRequest[];
}

async function running(
  options: { readonly tty?: boolean; readonly stdin?: boolean },
  test: (stage: Stage, exec: Exec) => Promise<void>,
): Promise<void> {
  const requests: HostRequest[] = [];
  await connected({
    answer(request) {
      requests.push(request);
      return { fields: request.op === Op.exec ? [[Tag.pid, 42]] : [] };
    },
  }, async (stage) => {
    const session = await startExec(stage.agent, stage.clock, {
      processId: "e1",
      containerId: "c1",
      process: { json: new TextEncoder().encode("{}") },
      tty: options.tty ?? false,
      stdin: options.stdin ?? false,
      timeoutMs: 30_000,
    });
    const id = (tag: number) => requests[0]?.fields.number(tag) ?? 0;
    await test(stage, {
      session,
      requests,
      stdin: id(Tag.stdin),
      stdout: id(Tag.stdout),
      stderr: id(Tag.stderr),
    });
  });
}

const ended = (exitCode: number) =>
  [[Tag.processId, "e1"], [Tag.exitCode, exitCode], [Tag.endTime, 5]] as const;

/** The signals that were asked for, each with whether it goes to the whole tree. */
function signalsOf(requests: readonly HostRequest[]) {
  return requests.filter(({ op }) => op === Op.signal).map(({ fields }) =>
    [Tag.signal, Tag.tree].map((tag) => fields.number(tag))
  );
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream).text();
}

Deno.test("an exec gives output and error apart, and its exit code", async () => {
  await running({}, async ({ guest }, { session, stdout, stderr }) => {
    assert.equal(session.stdin, undefined);
    await ackOf(guest, stdout);
    await ackOf(guest, stderr);
    await sendChunk(guest, stdout, 0, "out");
    await sendChunk(guest, stderr, 0, "err");
    await guest.send(encodeEof(stdout, 3));
    await guest.send(encodeEof(stderr, 3));
    await guest.sendEvent(EventKind.exit, ended(7));
    assert.deepEqual(
      await Promise.all([textOf(session.stdout), textOf(session.stderr), session.exit]),
      ["out", "err", 7],
    );
  });
});

Deno.test("output is acknowledged as it is read, not before", async () => {
  await running({ tty: true }, async ({ guest, clock }, { session, stdout, stderr }) => {
    assert.equal(stderr, 0);
    const first = decodeAck((await ackOf(guest, stdout)).payload);
    assert.deepEqual(first, { offset: 0, limit: 256 * 1024 });
    await sendChunk(guest, stdout, 0, "x".repeat(65_536));
    await sendChunk(guest, stdout, 65_536, "y".repeat(65_536));
    await clock.advance(1_000);
    assert.equal(guest.frames.some(({ type }) => type === FrameType.ack), false);
    const reader = session.stdout.getReader();
    assert.equal((await reader.read()).value?.length, 65_536);
    assert.equal(decodeAck((await ackOf(guest, stdout)).payload).offset, 65_536);
    await reader.cancel();
    assert.equal(decodeAck((await ackOf(guest, stdout)).payload).offset, 131_072);
  });
});

Deno.test("input waits for the window, and its end is the half-close", async () => {
  await running({ stdin: true }, async ({ guest }, { session, stdin }) => {
    const writer = session.stdin?.getWriter();
    assert.ok(writer !== undefined);
    const written = writer.write(new TextEncoder().encode("hello"));
    await guest.send(encodeAck(stdin, { offset: 0, limit: 5 }));
    const data = decodeData((await frameOf(guest, FrameType.data, stdin)).payload);
    assert.deepEqual([data.offset, new TextDecoder().decode(data.bytes)], [0, "hello"]);
    await written;
    await writer.close();
    assert.equal(decodeEof((await frameOf(guest, FrameType.eof, stdin)).payload), 5);
  });
});

Deno.test("a writer learns that the process reads no more", async () => {
  await running({ stdin: true }, async ({ guest }, { session, stdin }) => {
    const writer = session.stdin?.getWriter();
    writer?.closed.catch(() => {});
    const written = writer?.write(Uint8Array.of(1));
    await guest.send(encodeReset(stdin, 32));
    await assert.rejects(written ?? Promise.resolve(), /EPIPE/);
  });
});

Deno.test("the exit code comes though something holds the pipes, which a kill leaves alone", async () => {
  await running(
    { stdin: true },
    async ({ guest }, { session, requests, stdin, stdout, stderr }) => {
      const output = textOf(session.stdout);
      await ackOf(guest, stdout);
      await sendChunk(guest, stdout, 0, "so far");
      await guest.sendEvent(EventKind.exit, ended(0));
      assert.equal(await session.exit, 0);
      await frameOf(guest, FrameType.reset, stdin);
      await session.kill();
      await session.kill();
      assert.equal(await output, "so far");
      assert.equal(await textOf(session.stderr), "");
      await frameOf(guest, FrameType.reset, stdout);
      await frameOf(guest, FrameType.reset, stderr);
      assert.deepEqual(signalsOf(requests), []);
    },
  );
});

Deno.test("a kill ends a process and what it started, and then its streams", async () => {
  await running({}, async ({ guest }, { session, requests, stdout, stderr }) => {
    const killed = session.kill();
    await guest.sendEvent(EventKind.exit, ended(137));
    await killed;
    assert.deepEqual(signalsOf(requests), [[9, 1]]);
    await frameOf(guest, FrameType.reset, stdout);
    await frameOf(guest, FrameType.reset, stderr);
    assert.equal(await session.exit, 137);
  });
});

Deno.test("a kill that the process does not heed fails in bounded time", async () => {
  await running({}, async ({ clock }, { session }) => {
    const killed = assert.rejects(session.kill(), (error) => hasCode(error, "DeadlineExceeded"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await clock.advance(5_000);
    await killed;
  });
});

Deno.test("sizes that are none are not sent, others are", async () => {
  await running({ tty: true }, async ({ guest }, { session, requests }) => {
    await session.resize(0, 24);
    await session.resize(80, 24);
    await guest.sendEvent(EventKind.exit, ended(0));
    await session.exit;
    await session.resize(100, 40);
    const sizes = requests.filter(({ op }) => op === Op.resize).map(({ fields }) =>
      [Tag.columns, Tag.rows].map((tag) => fields.number(tag))
    );
    assert.deepEqual(sizes, [[80, 24]]);
  });
});

Deno.test("an exec that cannot start fails with the guest's words and leaves nothing", async () => {
  await connected(
    { answer: () => ({ errno: 2, text: 'exec "nope": not found' }) },
    async (stage) => {
      const { agent, guest, clock } = stage;
      const starting = startExec(agent, clock, {
        processId: "e1",
        containerId: "c1",
        process: { json: new TextEncoder().encode("{}") },
        tty: false,
        stdin: true,
        timeoutMs: 1000,
      });
      await assert.rejects(starting, (error) => {
        assert.equal(
          describe(error),
          'Cannot start a command in container "c1": ENOENT: exec "nope": not found',
        );
        return hasCode(error, "NotFound");
      });
      assert.deepEqual(guest.frames.map(({ type }) => type), [FrameType.request]);
      assert.equal(clock.pending, 0);
    },
  );
});

Deno.test("a process that is too large for a request goes through a file, which is removed", async () => {
  const requests: HostRequest[] = [];
  await connected({
    answer(request) {
      requests.push(request);
      return { fields: request.op === Op.exec ? [[Tag.pid, 42]] : [] };
    },
  }, async ({ agent, clock }) => {
    await startExec(agent, clock, {
      processId: "e1",
      containerId: "c1",
      process: { json: new Uint8Array(100_000).fill(0x20) },
      tty: false,
      stdin: false,
      timeoutMs: 1000,
    });
    const path = "/run/frakti/exec/e1.json";
    const steps = requests.map(({ op, fields }) => [op, fields.text(Tag.path)]);
    assert.deepEqual(steps, [
      [Op.mkdir, "/run/frakti/exec"],
      [Op.write, path],
      [Op.write, path],
      [Op.exec, path],
      [Op.remove, path],
    ]);
    assert.equal(requests[3]?.fields.bytes(Tag.content), undefined);
  });
});

Deno.test("a lost connection ends an exec's streams and leaves its exit unknown", async () => {
  await running({}, async ({ guest }, { session }) => {
    guest.close();
    const isLost = (error: unknown) => hasCode(error, "Unavailable");
    await assert.rejects(session.exit, isLost);
    await assert.rejects(textOf(session.stdout), isLost);
    await assert.rejects(session.kill(), isLost);
  });
});

Deno.test("a dialled connection carries both directions, and each ends apart", async () => {
  await connected({}, async ({ agent, guest }) => {
    const connection = await dialPort(agent, 80);
    const { id } = await guest.frame(({ type }) => type === FrameType.ack);
    await guest.send(encodeAck(id, { offset: 0, limit: 100 }));
    const writer = connection.writable.getWriter();
    await writer.write(new TextEncoder().encode("GET"));
    await writer.close();
    await frameOf(guest, FrameType.data, id);
    assert.equal(decodeEof((await frameOf(guest, FrameType.eof, id)).payload), 3);
    await sendChunk(guest, id, 0, "200");
    await guest.send(encodeEof(id, 3));
    assert.equal(await textOf(connection.readable), "200");
    // Nothing is reset: the guest may still be handing on what it was sent.
    connection.close();
    await dialPort(agent, 80);
    assert.deepEqual(guest.frames.filter(({ type }) => type === FrameType.reset), []);
  });
});

Deno.test("closing a dialled connection resets it and ends both directions", async () => {
  await connected({}, async ({ agent, guest }) => {
    const connection = await dialPort(agent, 80);
    const output = textOf(connection.readable);
    const writer = connection.writable.getWriter();
    writer.closed.catch(() => {});
    const written = writer.write(Uint8Array.of(1));
    connection.close();
    connection.close();
    await guest.frame(({ type }) => type === FrameType.reset);
    assert.equal(await output, "");
    await assert.rejects(written, (error) => hasCode(error, "Cancelled"));
  });
});

Deno.test("a port where nobody listens is refused", async () => {
  await connected({ answer: () => ({ errno: 111 }) }, async ({ agent }) => {
    await assert.rejects(dialPort(agent, 81), (error) => {
      assert.equal(describe(error), "Cannot connect to port 81 in the pod: ECONNREFUSED");
      return hasCode(error, "FailedPrecondition");
    });
  });
});
