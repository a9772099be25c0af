import assert from "node:assert/strict";
import fc from "fast-check";
import { sandboxId } from "../../engines/ids.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { SpdyConnection } from "./connection.ts";
import { FakeDuplex } from "./fake_duplex.ts";
import { concat, FakePeer, rawFrame, words } from "./fake_peer.ts";
import { serveForward } from "./forward.ts";
import type { SpdyStream } from "./stream.ts";

type Say = (peer: FakePeer) => Uint8Array;

const id = fc.oneof(fc.nat(24), fc.constantFrom(0x7fff_ffff, 0));
const header = fc.dictionary(
  fc.constantFrom("streamtype", "port", "requestid", "StreamType", "x"),
  fc.constantFrom("data", "error", "stdin", "80", "0", "a", "", "\0", "x".repeat(20_000)),
  { noNullPrototype: true },
);

/** What a client may say, most of it sound. */
const saying: fc.Arbitrary<Say> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(id, header, fc.nat(3)).map(([streamId, headers, flags]): Say => (peer) =>
      peer.synStream(streamId, headers, flags)
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(id, fc.nat(50_000), fc.boolean()).map(
      ([streamId, size, isFin]): Say => (peer) => peer.data(streamId, new Uint8Array(size), isFin),
    ),
  },
  { weight: 3, arbitrary: id.map((streamId): Say => (peer) => peer.rst(streamId)) },
  { weight: 3, arbitrary: fc.nat().map((pingId): Say => (peer) => peer.ping(pingId)) },
  fc.constant((peer: FakePeer) => peer.goAway()),
  fc.tuple(fc.nat(20), fc.nat(255), fc.uint8Array({ maxLength: 40 })).map(
    ([type, flags, payload]): Say => () => rawFrame(type, flags, payload),
  ),
  fc.tuple(fc.constantFrom(4, 9), id, fc.nat()).map(([type, one, two]): Say => () =>
    rawFrame(type, 0, words(one, two))
  ),
  fc.uint8Array({ maxLength: 40 }).map((bytes): Say => () => bytes),
);

interface Script {
  readonly says: readonly Say[];
  readonly cuts: readonly number[];
  /** Bytes that are replaced: where, and by what. */
  readonly spoils: readonly (readonly [number, number])[];
}

const script: fc.Arbitrary<Script> = fc.record({
  says: fc.array(saying, { maxLength: 30 }),
  cuts: fc.array(fc.nat(60_000), { maxLength: 10 }),
  spoils: fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 2 }),
}, { noNullPrototype: true });

/** The bytes of a script, cut into pieces. */
function* piecesOf({ says, cuts, spoils }: Script): Generator<Uint8Array> {
  const peer = new FakePeer();
  let rest = concat(...says.map((say) => say(peer)));
  for (const [at, byte] of spoils) if (at < rest.length) rest[at] = byte;
  for (const cut of cuts) {
    yield rest.subarray(0, cut);
    rest = rest.subarray(cut);
  }
  yield rest;
}

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((size, { length }) => size + length, 0);
}

Deno.test("whatever a client says, its connection answers in bounds and is freed when it goes", async () => {
  await fc.assert(
    fc.asyncProperty(script, fc.boolean(), async (said, isAccepting) => {
      const duplex = new FakeDuplex();
      const clock = new FakeClock();
      const streams: SpdyStream[] = [];
      const connection = new SpdyConnection(duplex, {
        clock,
        idleMs: 1000,
        maxStreams: 5,
        onStream: (stream) => {
          streams.push(stream);
          if (isAccepting) stream.accept();
          else stream.reset();
        },
      });
      let sentBytes = 0;
      for (const piece of piecesOf(said)) {
        sentBytes += piece.length;
        duplex.feed(piece);
        assert.ok(connection.streamCount <= 5);
      }
      assert.ok(sizeOf(duplex.written) <= 4 * sentBytes + 100);
      const waitingBytes = streams.reduce((size, { received }) => size + received.bufferedBytes, 0);
      assert.ok(duplex.isPaused || waitingBytes < 2 * 1024 * 1024, `${waitingBytes} bytes wait`);
      duplex.break(undefined);
      await connection.closed;
      assert.equal(connection.gone.aborted, true);
      assert.equal(connection.streamCount, 0);
      assert.equal(clock.pending, 0);
      for (const { received, gone, isInOpen } of streams) {
        assert.equal(isInOpen, false);
        if (gone.aborted) assert.equal(received.bufferedBytes, 0);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("whatever a client says, a port-forward ends with it and leaves nothing", async () => {
  await fc.assert(
    fc.asyncProperty(script, async (said) => {
      const duplex = new FakeDuplex();
      const clock = new FakeClock();
      const over = serveForward(
        {
          clock,
          limits: { idleMs: 1000, creationMs: 100 },
          closing: new AbortController().signal,
          forward: async (_request, channel) => {
            if (!channel.gone.aborted) {
              await new Promise((resolve) => channel.gone.addEventListener("abort", resolve));
            }
            await channel.close();
          },
        },
        { kind: "portforward", sandboxId: sandboxId("pod"), ports: [] },
        duplex,
      );
      for (const piece of piecesOf(said)) duplex.feed(piece);
      await clock.advance(200);
      duplex.break(undefined);
      await over;
      assert.equal(clock.pending, 0);
    }),
    { numRuns: 200 },
  );
});

Deno.test("a connection that is left alone ends by itself, whatever was said on it", async () => {
  await fc.assert(
    fc.asyncProperty(script, async (said) => {
      const duplex = new FakeDuplex();
      const clock = new FakeClock();
      const connection = new SpdyConnection(duplex, {
        clock,
        idleMs: 1000,
        maxStreams: 5,
        onStream: (stream) => stream.accept(),
      });
      for (const piece of piecesOf(said)) duplex.feed(piece);
      await clock.advance(1000 + 5000);
      await connection.closed;
      assert.equal(duplex.isDestroyed, true);
      assert.equal(clock.pending, 0);
    }),
    { numRuns: 100 },
  );
});
