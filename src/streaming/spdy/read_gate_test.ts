import assert from "node:assert/strict";
import { FakeClock } from "../../lib/fake_clock.ts";
import { SpdyConnection } from "./connection.ts";
import { FakeDuplex } from "./fake_duplex.ts";
import { FakePeer } from "./fake_peer.ts";
import { frameType } from "./frames.ts";
import { heartbeatMs } from "./heartbeat.ts";
import type { SpdyStream } from "./stream.ts";

/** A connection whose peer has filled a stream that nobody reads. */
function connectFull() {
  const duplex = new FakeDuplex();
  const clock = new FakeClock();
  const streams: SpdyStream[] = [];
  const connection = new SpdyConnection(duplex, {
    clock,
    idleMs: 3_600_000,
    maxStreams: 4,
    defer: (action) => action(),
    onStream: (stream) => streams.push(stream),
  });
  const peer = new FakePeer();
  duplex.feed(peer.synStream(1, {}));
  while (!duplex.isPaused) duplex.feed(peer.data(1, new Uint8Array(32 * 1024)));
  const [stream] = streams;
  assert.ok(stream);
  /** The types of the frames written since it was asked before. */
  const written = () => peer.read(duplex.written.splice(0)).map(({ type }) => type);
  return { duplex, clock, connection, stream, written };
}

Deno.test("a peer that is not read from is written to now and then, until it is read again", async () => {
  const { duplex, clock, stream, written } = connectFull();
  await clock.advance(2 * heartbeatMs);
  assert.deepEqual(written(), [frameType.ping, frameType.ping]);
  await stream.received.readable.cancel();
  assert.equal(duplex.isPaused, false);
  await clock.advance(2 * heartbeatMs);
  assert.deepEqual(written(), []);
});

Deno.test("nothing is written any more once the connection has broken or ends", async () => {
  const broken = connectFull();
  broken.duplex.break(undefined);
  await broken.clock.advance(0);
  assert.equal(broken.clock.pending, 0);

  const ending = connectFull();
  ending.connection.close(10 * heartbeatMs);
  ending.written();
  await ending.clock.advance(5 * heartbeatMs);
  assert.deepEqual(ending.written(), []);
});
