import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { Buffer } from "node:buffer";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { containerId } from "../../engines/ids.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { silentLogger } from "../../lib/log.ts";
import type { CommandChannels } from "../channels.ts";
import type { CommandRequest } from "../requests.ts";
import { serveCommand } from "./command.ts";
import { FakeDuplex } from "./fake_duplex.ts";
import { concat, FakePeer, type ReadFrame } from "./fake_peer.ts";
import { frameType } from "./frames.ts";

const limits = { idleMs: 3_600_000, creationMs: 30_000 };
const v4 = "v4.channel.k8s.io";

/** A client of an exec session; `use` is what the session does with its channels. */
function begin(
  selection: Partial<CommandRequest> = {},
  use: (channels: CommandChannels) => Promise<void> = (channels) => channels.close(),
  protocol = v4,
) {
  const request: CommandRequest = {
    kind: "exec",
    containerId: containerId("c1"),
    command: ["sh"],
    ...{ stdin: true, stdout: true, stderr: true, tty: false },
    ...selection,
  } as CommandRequest;
  const duplex = new FakeDuplex();
  const clock = new FakeClock();
  const closing = new AbortController();
  const sessions: CommandChannels[] = [];
  const abandoned = { count: 0 };
  const unused = () => Promise.reject(new Error("unused"));
  const over = serveCommand(
    {
      request: new IncomingMessage(new Socket()),
      socket: new Duplex(),
      head: Buffer.alloc(0),
      session: request,
      sessions: {
        command: () => ({
          run: (channels) => {
            sessions.push(channels);
            return use(channels);
          },
          abandon: () => abandoned.count++,
        }),
        forward: unused,
        spdyForward: unused,
      },
      limits,
      clock,
      log: silentLogger,
      closing: closing.signal,
    },
    request,
    protocol,
    duplex,
  );
  const peer = new FakePeer();
  return {
    duplex,
    clock,
    closing,
    sessions,
    abandoned,
    over,
    peer,
    /** Opens streams 1, 3, 5, … of these types. */
    open: (...types: readonly string[]) => {
      types.forEach((streamtype, index) =>
        duplex.feed(peer.synStream(2 * index + 1, { streamtype }))
      );
    },
    frames: () => peer.read(duplex.written.splice(0)),
  };
}

/** The text on a stream. */
function textOf(frames: readonly ReadFrame[], streamId: number): string {
  const data = frames.filter((frame) => frame.type === 0 && frame.streamId === streamId);
  return new TextDecoder().decode(concat(...data.map(({ payload }) => payload)));
}

/** The session was refused with this text on the error stream, and never began. */
async function assertRefused(test: ReturnType<typeof begin>, reason: RegExp, errorId = 1) {
  await test.clock.advance(0);
  const frames = test.frames();
  assert.match(textOf(frames, errorId), reason);
  assert.equal(frames.at(-1)?.type, frameType.goAway);
  assert.deepEqual([test.sessions.length, test.abandoned.count], [0, 1]);
  await test.clock.advance(5000);
  await test.over;
  assert.equal(test.duplex.isDestroyed, true);
  assert.equal(test.clock.pending, 0);
}

Deno.test("a session begins when all its streams are there, in any order", async () => {
  const test = begin();
  test.open("stderr", "stdin", "error");
  await test.clock.advance(0);
  assert.equal(test.sessions.length, 0);
  test.duplex.feed(test.peer.synStream(9, { streamtype: "stdout" }));
  await test.clock.advance(0);
  assert.deepEqual([test.sessions.length, test.abandoned.count], [1, 0]);
  const replies = test.frames().filter(({ type }) => type === frameType.synReply);
  assert.deepEqual(replies.map(({ streamId }) => streamId), [1, 3, 5, 9]);
});

Deno.test("a terminal calls for a resize stream from v3 on, and for no stderr", async () => {
  for (const [protocol, hasResize] of [[v4, true], ["v2.channel.k8s.io", false]] as const) {
    const test = begin({ tty: true, stderr: false }, undefined, protocol);
    test.open("error", "stdin", "stdout", ...(hasResize ? ["resize"] : []));
    await test.clock.advance(0);
    assert.equal(test.sessions.length, 1, protocol);
    assert.equal(test.sessions[0]?.stderr, undefined);
  }
});

Deno.test("channels carry what the streams do", async () => {
  let typed = "";
  const sizes: unknown[] = [];
  const test = begin({ tty: true, stderr: false }, async (channels) => {
    for await (const bytes of channels.stdin ?? []) typed += new TextDecoder().decode(bytes);
    for await (const size of channels.resizes) sizes.push(size);
    await channels.stdout?.write(new TextEncoder().encode("shown"));
    await channels.finish({ kind: "exited", exitCode: 3 });
    await channels.close();
  });
  test.open("error", "stdin", "stdout", "resize");
  const { peer, duplex } = test;
  duplex.feed(peer.data(3, "typed"), peer.data(3, "", true));
  duplex.feed(peer.data(7, '{"Width":80,"Hei'), peer.data(7, 'ght":24}\n'));
  await test.clock.advance(0);
  duplex.feed(peer.data(7, "", true));
  await test.clock.advance(0);
  const frames = test.frames();
  assert.equal(typed, "typed");
  assert.deepEqual(sizes, [{ columns: 80, rows: 24 }]);
  assert.equal(textOf(frames, 5), "shown");
  const status = JSON.parse(textOf(frames, 1));
  assert.equal(status.reason, "NonZeroExitCode");
  assert.deepEqual(status.details.causes, [{ reason: "ExitCode", message: "3" }]);
  const dataIds = frames.filter(({ type, payload }) => type === 0 && payload.length > 0)
    .map(({ streamId }) => streamId);
  assert.deepEqual(dataIds, [5, 1]); // The status behind all output.
  duplex.break(undefined);
  await test.over;
  assert.equal(test.clock.pending, 0);
});

Deno.test("before v4 success says nothing, and a failure is text", async () => {
  const outcomes = [{ kind: "success" }, { kind: "exited", exitCode: 9 }] as const;
  for (const outcome of outcomes) {
    const test = begin(
      { stdin: false, stderr: false },
      async (channels) => {
        await channels.finish(outcome);
        await channels.close();
      },
      "channel.k8s.io",
    );
    test.open("error", "stdout");
    await test.clock.advance(0);
    const text = textOf(test.frames(), 1);
    if (outcome.kind === "success") assert.equal(text, "");
    else assert.match(text, /exit code 9$/);
  }
});

Deno.test("a stream that was not asked for spoils the session", async () => {
  for (const type of ["resize", "stdio", "", "__proto__", "x".repeat(1000)]) {
    const test = begin();
    test.open("error", type);
    await assertRefused(test, /Stream .* was not asked for/);
  }
});

Deno.test("a stream that comes twice spoils the session", async () => {
  const test = begin();
  test.open("error", "stdout", "stdout");
  await assertRefused(test, /Stream \\"stdout\\" was opened twice/);
});

Deno.test("missing streams are named when the time for them is over", async () => {
  const test = begin();
  test.open("error", "stdout");
  await test.clock.advance(limits.creationMs - 1);
  assert.equal(test.frames().at(-1)?.type, frameType.synReply);
  await test.clock.advance(1);
  await assertRefused(test, /within 30 s: \\"stdin\\", \\"stderr\\" are missing/);
});

Deno.test("without an error stream a refusal is a goodbye only", async () => {
  const test = begin();
  test.open("stdout", "stdin", "stderr");
  await test.clock.advance(limits.creationMs);
  await assertRefused(test, /^$/);
});

Deno.test("a stream that comes too late is refused alone", async () => {
  const held = Promise.withResolvers<void>();
  const test = begin({ stdin: false, stderr: false }, () => held.promise);
  test.open("error", "stdout", "stdout");
  await test.clock.advance(0);
  assert.equal(test.sessions.length, 1);
  assert.equal(test.sessions[0]?.gone.aborted, false);
  const refusal = test.frames().at(-1);
  assert.deepEqual([refusal?.type, refusal?.streamId], [frameType.rstStream, 5]);
  held.resolve();
  await test.over;
});

Deno.test("a client that leaves before its streams are there costs nothing more", async () => {
  const test = begin();
  test.open("error");
  test.duplex.break(undefined);
  await test.over;
  assert.equal(test.sessions.length, 0);
  assert.equal(test.clock.pending, 0);
});

Deno.test("the server's end refuses who is still opening streams", async () => {
  const test = begin();
  test.open("error");
  test.closing.abort();
  await assertRefused(test, /frakti is shutting down/);
});

Deno.test("who resets the error stream is gone, who resets an output does without it", async () => {
  const test = begin({ stdin: false }, () => new Promise(() => {}));
  test.open("error", "stdout", "stderr");
  await test.clock.advance(0);
  const [channels] = test.sessions;
  test.duplex.feed(test.peer.rst(3));
  await channels?.stdout?.write(new Uint8Array(9));
  assert.equal(channels?.gone.aborted, false);
  test.duplex.feed(test.peer.rst(1));
  assert.equal(channels?.gone.aborted, true);
  await assert.rejects(async () => await channels?.stdout?.write(new Uint8Array(9)));
});

Deno.test("the session's own close does not make its client gone", async () => {
  const test = begin({ stdin: false });
  test.open("error", "stdout", "stderr");
  await test.clock.advance(0);
  assert.equal(test.sessions[0]?.gone.aborted, false);
  test.duplex.break(undefined);
  await test.over;
  assert.equal(test.sessions[0]?.gone.aborted, false);
});

Deno.test("sizes that nobody reads do not hold the connection up", async () => {
  const test = begin({ tty: true, stderr: false }, () => new Promise(() => {}));
  test.open("error", "stdin", "stdout", "resize");
  const line = '{"Width":80,"Height":24}\n'.repeat(2000);
  for (let count = 0; count < 20; count++) test.duplex.feed(test.peer.data(7, line));
  await test.clock.advance(0);
  for (let turn = 0; turn < 20; turn++) await test.clock.advance(0);
  assert.equal(test.duplex.isPaused, false);
});

Deno.test("words on streams that only the server writes to are swallowed", async () => {
  const test = begin({ stdin: false }, () => new Promise(() => {}));
  test.open("error", "stdout", "stderr");
  await test.clock.advance(0);
  for (const id of [1, 3, 5]) test.duplex.feed(test.peer.data(id, new Uint8Array(400_000)));
  assert.equal(test.duplex.isPaused, false);
});
