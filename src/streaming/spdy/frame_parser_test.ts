import assert from "node:assert/strict";
import fc from "fast-check";
import { FraktiError, hasCode } from "../../lib/errors.ts";
import { concat, rawFrame, words } from "./fake_peer.ts";
import { FrameParser, type FrameSink, maxControlBytes } from "./frame_parser.ts";
import {
  dataHeader,
  frameType,
  goAway,
  ping,
  rstStream,
  synReply,
  windowUpdate,
} from "./frames.ts";

/** What a parser handed on, with the pieces of data put together. */
class Recorder implements FrameSink {
  readonly frames: unknown[] = [];
  #data: { readonly streamId: number; readonly bytes: number[] } | undefined;

  control: FrameSink["control"] = (frame) => {
    this.#flush();
    this.frames.push("block" in frame ? { ...frame, block: [...frame.block] } : frame);
  };

  data: FrameSink["data"] = (streamId, bytes, isFin) => {
    if (this.#data?.streamId !== streamId) this.#flush();
    this.#data ??= { streamId, bytes: [] };
    this.#data.bytes.push(...bytes);
    if (!isFin) return;
    this.#flush();
    this.frames.push({ kind: "fin", streamId });
  };

  /** Data frames of one stream back to back are not kept apart. */
  #flush(): void {
    if (this.#data !== undefined) this.frames.push({ kind: "data", ...this.#data });
    this.#data = undefined;
  }

  end(): unknown[] {
    this.#flush();
    return this.frames;
  }
}

function parse(pieces: Iterable<Uint8Array>): unknown[] {
  const recorder = new Recorder();
  const parser = new FrameParser(recorder);
  for (const piece of pieces) parser.feed(piece);
  assert.equal(parser.isAtFrameEnd, true);
  return recorder.end();
}

/** Cuts the bytes at these places, in order. */
function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let rest = bytes;
  for (const size of sizes) {
    yield rest.subarray(0, size);
    rest = rest.subarray(size);
  }
  yield rest;
}

const streamId = fc.integer({ min: 1, max: 0x7fff_ffff });
const payload = fc.uint8Array({ maxLength: 60 });
const frame = fc.oneof(
  fc.tuple(streamId, payload, fc.boolean()).map(([id, bytes, isFin]) =>
    concat(dataHeader(id, bytes.length, isFin), bytes)
  ),
  fc.tuple(streamId, payload).map(([id, block]) => synReply(id, block)),
  streamId.map((id) => rstStream(id, 5)),
  streamId.map((id) => windowUpdate(id, 9)),
  fc.nat().map((id) => ping(id)),
  streamId.map((id) => goAway(id, 0)),
  fc.tuple(streamId, payload).map(([id, block]) =>
    rawFrame(frameType.synStream, 1, concat(words(id, 0), new Uint8Array(2), block))
  ),
  fc.tuple(fc.integer({ min: 10, max: 999 }), payload).map(([type, bytes]) =>
    rawFrame(type, 0, bytes)
  ),
);

Deno.test("frames read the same however they are cut", () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.nat(40)), (frames, sizes) => {
      const bytes = concat(...frames);
      assert.deepEqual(parse(cut(bytes, sizes)), parse([bytes]));
    }),
  );
});

Deno.test("what is written is what is read", () => {
  assert.deepEqual(
    parse([
      synReply(7, Uint8Array.from([1, 2])),
      dataHeader(7, 3, true),
      Uint8Array.from([4, 5, 6]),
      rstStream(9, 3),
      ping(0xffff_ffff),
      goAway(11, 1),
      windowUpdate(0, 100),
    ]),
    [
      { kind: "synReply", streamId: 7, isFin: false, block: [1, 2] },
      { kind: "data", streamId: 7, bytes: [4, 5, 6] },
      { kind: "fin", streamId: 7 },
      { kind: "rstStream", streamId: 9, status: 3 },
      { kind: "ping", id: 0xffff_ffff },
      { kind: "goAway", lastStreamId: 11, status: 1 },
      { kind: "windowUpdate", streamId: 0, deltaBytes: 100 },
    ],
  );
});

Deno.test("data is handed on in the pieces in which it comes, without a copy", () => {
  const pieces: Uint8Array[] = [];
  const fins: boolean[] = [];
  const parser = new FrameParser({
    control: () => {},
    data: (_streamId, bytes, isFin) => {
      pieces.push(bytes);
      fins.push(isFin);
    },
  });
  parser.feed(dataHeader(1, 0xff_ffff, true));
  const first = new Uint8Array(1000);
  parser.feed(first);
  assert.equal(pieces[0]?.buffer, first.buffer);
  parser.feed(new Uint8Array(0xff_ffff - 1000));
  assert.deepEqual(fins, [false, true]);
});

Deno.test("a control frame over the cap is refused before it is read", () => {
  const parser = new FrameParser(new Recorder());
  const header = rawFrame(frameType.synStream, 0, new Uint8Array(0));
  new DataView(header.buffer).setUint32(4, maxControlBytes + 1);
  assert.throws(() => parser.feed(header), (error) => hasCode(error, "ResourceExhausted"));
});

Deno.test("no bytes make it throw anything of its own, nor hold more than a control frame", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(frame, fc.uint8Array({ maxLength: 30 }))),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255))),
      fc.array(fc.nat(40)),
      (frames, changes, sizes) => {
        const bytes = concat(...frames);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        const parser = new FrameParser(new Recorder());
        try {
          for (const piece of cut(bytes, sizes)) parser.feed(piece);
        } catch (error) {
          assert.ok(error instanceof FraktiError, String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});
