import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { Unmasker } from "./unmask.ts";

interface Frame {
  readonly first: number;
  readonly mask: Uint8Array | undefined;
  readonly payload: Uint8Array;
}

/** RFC 6455 §5.2, as the sender writes it. */
function encode({ first, mask, payload }: Frame): Buffer {
  const maskBit = mask === undefined ? 0 : 0x80;
  const { length } = payload;
  const size = length < 126
    ? Buffer.of(maskBit | length)
    : length < 65536
    ? Buffer.of(maskBit | 126, length >> 8, length & 255)
    : Buffer.of(maskBit | 127, 0, 0, 0, 0, length >>> 24, length >> 16, length >> 8, length);
  const body = payload.map((byte, index) => byte ^ (mask?.[index % 4] ?? 0));
  return Buffer.concat([Buffer.of(first), size, mask ?? Buffer.alloc(0), body]);
}

/** What the library is to see: the same frame under a mask of zeros. */
function bare(frame: Frame): Buffer {
  return encode(frame.mask === undefined ? frame : { ...frame, mask: new Uint8Array(4) });
}

/** Cuts `bytes` at these places, each piece at its own distance from a word's boundary. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length]
    .sort((one, other) => one - other);
  return ends.map((end, index) => {
    const piece = bytes.subarray(index === 0 ? 0 : ends[index - 1], end);
    const skipped = index % 5;
    const moved = new Uint8Array(piece.length + skipped).subarray(skipped);
    moved.set(piece);
    return moved;
  });
}

const frames = fc.array(
  fc.record({
    first: fc.nat({ max: 255 }),
    mask: fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined }),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat({ max: 70_000 }).map((length) => new Uint8Array(length).map((_, index) => index)),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

Deno.test("frames lose their masks, however they are cut, and nothing else of them changes", () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat(), { maxLength: 12 }), (sent, places) => {
      const unmasker = new Unmasker();
      const pieces = cut(Buffer.concat(sent.map(encode)), places);
      for (const piece of pieces) unmasker.unmask(piece);
      assert.deepEqual(Buffer.concat(pieces), Buffer.concat(sent.map(bare)));
    }),
    { numRuns: 300 },
  );
});

Deno.test("a frame that comes byte by byte loses its mask", () => {
  const frame = { first: 0x82, mask: Uint8Array.of(1, 2, 3, 4), payload: new Uint8Array(200) };
  const unmasker = new Unmasker();
  const pieces = [...encode(frame)].map((byte) => Uint8Array.of(byte));
  for (const piece of pieces) unmasker.unmask(piece);
  assert.deepEqual(Buffer.concat(pieces), bare(frame));
});

Deno.test("a length of 2^63 and more is a length", () => {
  const unmasker = new Unmasker();
  const head = Buffer.of(0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4);
  const payload = Buffer.from([1, 2, 3, 4].map((byte) => byte ^ 7));
  unmasker.unmask(head);
  unmasker.unmask(payload);
  assert.deepEqual([...payload], [7, 7, 7, 7]);
});
