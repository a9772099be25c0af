import assert from "node:assert/strict";
import { hasCode } from "../../lib/errors.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { SpdyConnection } from "./connection.ts";
import { FakeDuplex } from "./fake_duplex.ts";
import { concat, FakePeer, rawFrame, words } from "./fake_peer.ts";
import { frameType, goAwayStatus, resetStatus } from "./frames.ts";
import type { SpdyStream } from "./stream.ts";

const idleMs = 60_000;

function connect(options: { maxStreams?: number; isAccepting?: boolean } = {}) {
  const { maxStreams = 4, isAccepting = true } = options;
  const duplex = new FakeDuplex();
  const clock = new FakeClock();
  const streams: SpdyStream[] = [];
  const connection = new SpdyConnection(duplex, {
    clock,
    idleMs,
    maxStreams,
    defer: (action) => action(), // What is written can be seen at once.
    onStream: (stream) => {
      streams.push(stream);
      if (isAccepting) stream.accept();
    },
  });
  const peer = new FakePeer();
  /** The frames written since it was asked before. */
  const frames = () => peer.read(duplex.written.splice(0));
  const stream = (index: number): SpdyStream => {
    const found = streams[index];
    assert.ok(found, `stream ${index}`);
    return found;
  };
  return { duplex, clock, connection, peer, frames, streams, stream };
}

/** The connection was ended with this status, and everything on it is free. */
function assertRefused(
  test: ReturnType<typeof connect>,
  status: number = goAwayStatus.protocolError,
) {
  const last = test.frames().at(-1);
  assert.equal(last?.type, frameType.goAway);
  assert.deepEqual(last?.payload.subarray(4), words(status));
  assert.equal(test.connection.gone.aborted, true);
  assert.equal(test.connection.streamCount, 0);
  assert.equal(test.duplex.hasEnded, true);
}

async function readAll(readable: ReadableStream<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(concat(...await Array.fromAsync(readable)));
}

Deno.test("a stream is answered with an empty reply, then carries bytes both ways", async () => {
  const { duplex, peer, frames, stream } = connect();
  duplex.feed(peer.synStream(1, { StreamType: "stdin" }), peer.data(1, "hello "));
  duplex.feed(peer.data(1, "world", true));
  assert.equal(stream(0).header("streamtype"), "stdin");
  assert.equal(await readAll(stream(0).received.readable), "hello world");
  await stream(0).write(new TextEncoder().encode("back"));
  await stream(0).end();
  const [reply, data, end] = frames();
  assert.deepEqual([reply?.type, reply?.streamId, reply?.headers], [
    frameType.synReply,
    1,
    new Map(),
  ]);
  assert.deepEqual([data?.streamId, new TextDecoder().decode(data?.payload)], [1, "back"]);
  assert.deepEqual([end?.streamId, end?.flags, end?.payload.length], [1, 1, 0]);
});

Deno.test("each side ends its own direction", async () => {
  const { duplex, peer, connection, stream } = connect();
  duplex.feed(peer.synStream(1, {}), peer.synStream(3, {}), peer.data(1, "", true));
  await stream(0).write(new Uint8Array(3));
  await stream(1).end();
  duplex.feed(peer.data(3, "late"));
  const reader = stream(1).received.readable.getReader();
  assert.equal((await reader.read()).value?.length, 4);
  assert.equal(connection.streamCount, 2);
  await stream(0).end();
  duplex.feed(peer.data(3, "", true));
  assert.equal(connection.streamCount, 0);
  await assert.rejects(stream(0).write(new Uint8Array(1)), { message: "Stream 1 has ended" });
});

Deno.test("a stream may be opened with its end", async () => {
  const { duplex, peer, stream } = connect();
  duplex.feed(peer.synStream(1, {}, 1));
  assert.equal(await readAll(stream(0).received.readable), "");
  await stream(0).write(new Uint8Array(1));
});

Deno.test("a large write is cut into frames without copying it", async () => {
  const { duplex, peer, frames, stream } = connect();
  duplex.feed(peer.synStream(1, {}));
  frames();
  const bytes = new Uint8Array(300 * 1024).fill(7);
  await stream(0).write(bytes);
  assert.ok(duplex.written.some(({ buffer }) => buffer === bytes.buffer));
  const written = frames();
  assert.ok(written.every(({ payload }) => payload.length <= 128 * 1024));
  assert.deepEqual(concat(...written.map(({ payload }) => payload)), bytes);
});

Deno.test("a client's ping comes back, an answer to none does not", () => {
  const { duplex, peer, frames } = connect();
  duplex.feed(peer.ping(7), peer.ping(2));
  assert.deepEqual(frames().map(({ type, streamId }) => [type, streamId]), [[frameType.ping, 7]]);
});

Deno.test("frames of types that SPDY does not have are passed over", () => {
  const { duplex, peer, streams } = connect();
  duplex.feed(rawFrame(5, 0, words(1)), rawFrame(99, 3, new Uint8Array(300_000)));
  duplex.feed(peer.synStream(1, {}));
  assert.equal(streams.length, 1);
});

Deno.test("a reset from the client ends both directions of its stream only", async () => {
  const { duplex, peer, connection, stream } = connect();
  duplex.feed(peer.synStream(1, {}), peer.synStream(3, {}));
  const reading = stream(0).received.readable.getReader().read();
  duplex.feed(peer.rst(1));
  await assert.rejects(reading, { message: "The client has reset stream 1" });
  await assert.rejects(stream(0).write(new Uint8Array(1)));
  assert.equal(stream(0).gone.aborted, true);
  assert.equal(stream(1).gone.aborted, false);
  assert.equal(connection.gone.aborted, false);
  duplex.feed(peer.data(1, "still under way"));
  await stream(1).write(new Uint8Array(1));
});

Deno.test("streams over the limit are refused until others are over", () => {
  const { duplex, peer, frames, streams } = connect({ maxStreams: 2 });
  duplex.feed(peer.synStream(1, {}), peer.synStream(3, {}), peer.synStream(5, {}));
  assert.equal(streams.length, 2);
  const refusal = frames().at(-1);
  assert.deepEqual([refusal?.type, refusal?.streamId], [frameType.rstStream, 5]);
  assert.deepEqual(refusal?.payload.subarray(4), words(resetStatus.refusedStream));
  duplex.feed(peer.rst(1), peer.synStream(7, {}));
  assert.equal(streams.length, 3);
});

Deno.test("ids that are even, fall, or are taken reset their stream only", () => {
  const { duplex, peer, frames, connection, stream } = connect();
  duplex.feed(peer.synStream(5, { a: "b" }));
  frames();
  duplex.feed(peer.synStream(6, {}), peer.synStream(3, {}), peer.synStream(9, {}, 2));
  const resets = frames().map(({ type, streamId }) => [type, streamId]);
  assert.deepEqual(resets, [6, 3, 9].map((id) => [frameType.rstStream, id]));
  assert.equal(stream(0).gone.aborted, false);
  duplex.feed(peer.synStream(5, {}));
  assert.equal(stream(0).gone.aborted, true);
  assert.equal(connection.gone.aborted, false);
});

Deno.test("data for a stream that never was is answered with a reset", () => {
  const { duplex, peer, frames } = connect();
  duplex.feed(peer.data(9, "x"), peer.data(4, "x"));
  assert.deepEqual(frames().map(({ type, streamId }) => [type, streamId]), [
    [frameType.rstStream, 9],
    [frameType.rstStream, 4],
  ]);
});

Deno.test("headers too large to keep refuse the stream", () => {
  const { duplex, peer, frames, streams } = connect();
  duplex.feed(peer.synStream(1, { big: "x".repeat(17_000) }), peer.synStream(3, {}));
  assert.equal(streams.length, 1);
  assert.deepEqual(frames().map(({ type }) => type), [frameType.rstStream, frameType.synReply]);
});

Deno.test("what is no SPDY ends the connection with a reason", () => {
  const bad: Readonly<Record<string, (peer: FakePeer) => Uint8Array>> = {
    "another version": () => rawFrame(frameType.ping, 0, words(1), 2),
    "data on stream 0": (peer) => peer.data(0, "x"),
    "a control frame over the cap": () => concat(words(0x80030001, 300_000), new Uint8Array(10)),
    "a ping of the wrong size": () => rawFrame(frameType.ping, 0, words(1, 2)),
    "settings that lie about their number": () => rawFrame(frameType.settings, 0, words(1000, 1)),
    "headers that are no zlib": () =>
      rawFrame(frameType.synStream, 0, concat(words(1, 0, 0), new Uint8Array(20).fill(9))),
    "a SYN_STREAM cut short": () => rawFrame(frameType.synStream, 0, words(1)),
    "a reset of stream 0": (peer) => peer.rst(0),
  };
  for (const [what, make] of Object.entries(bad)) {
    const test = connect();
    test.duplex.feed(test.peer.synStream(1, {}));
    test.duplex.feed(make(new FakePeer()));
    assertRefused(test);
    assert.equal(test.stream(0).gone.aborted, true, what);
  }
});

Deno.test("a peer that broke the protocol is cut off when it does not close", async () => {
  const test = connect();
  test.duplex.feed(test.peer.data(0, "x"));
  assertRefused(test);
  assert.equal(test.duplex.isDestroyed, false);
  await test.clock.advance(5000);
  assert.equal(test.duplex.isDestroyed, true);
  await test.connection.closed;
  assert.equal(test.clock.pending, 0);
});

Deno.test("an unread stream pauses the peer, and reading lets it go on", async () => {
  const { duplex, peer, stream } = connect();
  duplex.feed(peer.synStream(1, {}));
  const piece = new Uint8Array(32 * 1024);
  for (let count = 0; count < 6; count++) duplex.feed(peer.data(1, piece));
  assert.equal(duplex.isPaused, false);
  duplex.feed(peer.data(1, piece));
  assert.equal(duplex.isPaused, true);
  const reader = stream(0).received.readable.getReader();
  await reader.read();
  assert.equal(duplex.isPaused, true); // It would be full again with the next piece.
  await reader.read();
  assert.equal(duplex.isPaused, false);
});

Deno.test("small unread pieces share buffers and count with what those cost", () => {
  const { duplex, peer } = connect();
  duplex.feed(peer.synStream(1, {}));
  const pieces = concat(...Array.from({ length: 1000 }, () => peer.data(1, "x")));
  for (let count = 0; count < 200; count++) duplex.feed(pieces);
  assert.equal(duplex.isPaused, false);
  for (let count = 0; count < 20; count++) duplex.feed(pieces);
  assert.equal(duplex.isPaused, true);
});

Deno.test("many streams together pause the peer before they are full", () => {
  const { duplex, peer } = connect({ maxStreams: 100 });
  for (let id = 1; id < 60; id += 2) {
    duplex.feed(peer.synStream(id, {}), peer.data(id, new Uint8Array(100 * 1024)));
  }
  assert.equal(duplex.isPaused, true);
  duplex.feed(peer.rst(1));
  assert.equal(duplex.isPaused, true);
  for (let id = 3; id < 60; id += 2) duplex.feed(peer.rst(id));
  assert.equal(duplex.isPaused, false);
});

Deno.test("a cancelled stream swallows what comes without pausing anybody", async () => {
  const { duplex, peer, stream } = connect();
  duplex.feed(peer.synStream(1, {}));
  await stream(0).received.readable.cancel();
  for (let count = 0; count < 20; count++) duplex.feed(peer.data(1, new Uint8Array(64 * 1024)));
  assert.equal(duplex.isPaused, false);
});

Deno.test("a peer that floods with pings and reads no answer is not read from", async () => {
  const { duplex, peer, clock } = connect();
  duplex.isStalled = true;
  const flood = concat(...Array.from({ length: 6000 }, (_, index) => peer.ping(2 * index + 1)));
  duplex.feed(flood);
  assert.equal(duplex.isPaused, true);
  duplex.isStalled = false;
  await clock.advance(0);
  assert.equal(duplex.isPaused, false);
});

Deno.test("a writer waits while the peer does not read", async () => {
  const { duplex, peer, stream, clock } = connect();
  duplex.feed(peer.synStream(1, {}));
  duplex.isStalled = true;
  let isWritten = false;
  const writing = stream(0).write(new Uint8Array(10)).then(() => isWritten = true);
  await clock.advance(0);
  assert.equal(isWritten, false);
  duplex.isStalled = false;
  await writing;
});

Deno.test("a peer that keeps windows is told what was read, others are not", async () => {
  const read = async (hasWindows: boolean) => {
    const { duplex, peer, frames, stream } = connect();
    duplex.feed(peer.synStream(1, {}));
    if (hasWindows) duplex.feed(rawFrame(frameType.settings, 0, words(1, 7, 65_536)));
    frames();
    duplex.feed(peer.data(1, new Uint8Array(40_000)));
    await stream(0).received.readable.getReader().read();
    return frames().map(({ type, payload }) => [type, ...payload]);
  };
  assert.deepEqual(await read(false), []);
  assert.deepEqual(await read(true), [
    [frameType.windowUpdate, ...words(1, 40_000)],
    [frameType.windowUpdate, ...words(0, 40_000)],
  ]);
});

Deno.test("a window that ran empty before the peer told of it is filled up", async () => {
  const { duplex, peer, frames, stream } = connect();
  duplex.feed(peer.synStream(1, {}), peer.data(1, new Uint8Array(20_000)));
  await stream(0).received.readable.getReader().read();
  frames();
  duplex.feed(rawFrame(frameType.windowUpdate, 0, words(1, 5)));
  assert.deepEqual(frames().map(({ streamId, payload }) => [streamId, payload[6], payload[7]]), [
    [1, 20_000 >> 8, 20_000 & 0xff],
    [0, 20_000 >> 8, 20_000 & 0xff],
  ]);
});

Deno.test("close ends every stream, says goodbye, and waits for the client to close", async () => {
  const test = connect();
  const { duplex, peer, connection, frames, clock, stream } = test;
  duplex.feed(peer.synStream(1, {}), peer.synStream(3, {}, 1));
  frames();
  let isClosed = false;
  connection.close().then(() => isClosed = true);
  assert.deepEqual(frames().map(({ type, streamId, flags }) => [type, streamId, flags]), [
    [0, 1, 1],
    [frameType.rstStream, 1, 0],
    [0, 3, 1],
    [frameType.goAway, 3, 0],
  ]);
  assert.equal(duplex.hasEnded, true);
  assert.equal(connection.gone.aborted, false);
  duplex.feed(peer.data(1, "late"), peer.synStream(5, {}));
  await clock.advance(idleMs / 2);
  assert.equal(isClosed, false);
  assert.deepEqual(frames(), []);
  await assert.rejects(stream(0).write(new Uint8Array(1)));
  duplex.break(undefined);
  await clock.advance(0);
  assert.equal(isClosed, true);
  assert.equal(clock.pending, 0);
});

Deno.test("a client that never closes is cut off in the end", async () => {
  const { duplex, connection, clock } = connect();
  connection.close();
  await clock.advance(idleMs);
  assert.equal(duplex.isDestroyed, true);
  await connection.closed;
});

Deno.test("a client that goes away with nothing left open is let go", async () => {
  const { duplex, peer, connection, frames } = connect();
  duplex.feed(peer.synStream(1, {}), peer.goAway(), peer.synStream(3, {}));
  assert.equal(connection.gone.aborted, false);
  assert.equal(frames().at(-1)?.type, frameType.rstStream);
  duplex.feed(peer.rst(1));
  assert.equal(connection.gone.aborted, true);
  assert.equal(duplex.hasEnded, true);
});

Deno.test("a client that vanishes frees every stream", async () => {
  for (const vanish of ["end", "break"] as const) {
    const { duplex, peer, connection, clock, stream } = connect();
    duplex.feed(peer.synStream(1, {}));
    const reading = stream(0).received.readable.getReader().read();
    if (vanish === "end") duplex.endPeer();
    else duplex.break(new Error("reset"));
    await assert.rejects(reading, { message: "The client is gone" });
    assert.equal(connection.gone.aborted, true);
    assert.equal(stream(0).gone.aborted, true);
    assert.equal(connection.streamCount, 0);
    await connection.closed;
    assert.equal(clock.pending, 0);
    await assert.rejects(stream(0).write(new Uint8Array(1)), (e) => hasCode(e, "Unavailable"));
  }
});

Deno.test("a connection without a frame either way is dropped, one with some is not", async () => {
  const { duplex, peer, connection, clock, stream } = connect();
  duplex.feed(peer.synStream(1, {}));
  await clock.advance(idleMs - 1);
  duplex.feed(peer.ping(1));
  await clock.advance(idleMs - 1);
  await stream(0).write(new Uint8Array(1));
  await clock.advance(idleMs - 1);
  assert.equal(connection.gone.aborted, false);
  await clock.advance(1);
  assert.ok(hasCode(connection.gone.reason, "DeadlineExceeded"));
  assert.equal(stream(0).gone.aborted, true);
});
