import assert from "node:assert/strict";
import * as fc from "fast-check";
import { hasCode } from "../../../lib/errors.ts";
import { encodeFrame, type Frame, FrameReader, guestFrames } from "./frames.ts";
import { FrameType, headerBytes, marker, maxPayloadBytes } from "./protocol.ts";

function read(bytes: Uint8Array, cuts: readonly number[] = []): readonly Frame[] {
  const reader = new FrameReader(guestFrames);
  const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return edges.slice(1).flatMap((end, index) => [
    ...reader.push(bytes.subarray(edges[index], end)),
  ]);
}

const anyFrame = fc.record({
  type: fc.constantFrom(FrameType.data, FrameType.response),
  id: fc.maxSafeNat(),
  payload: fc.uint8Array({ minLength: 17, maxLength: 300 }),
}, { noNullPrototype: true });

Deno.test("frames come out as they went in, however their bytes are cut", () => {
  fc.assert(fc.property(
    fc.array(anyFrame, { maxLength: 6 }),
    fc.array(fc.nat(2000), { maxLength: 30 }),
    fc.boolean(),
    (frames, cuts, withMarkers) => {
      const parts = frames.flatMap(({ type, id, payload }) => [
        ...(withMarkers ? [marker] : []),
        encodeFrame(type, id, payload),
      ]);
      const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
      const within = cuts.filter((cut) => cut <= bytes.length);
      assert.deepEqual(read(bytes, within), frames);
    },
  ));
});

Deno.test("whatever the bytes are, reading ends in frames or in one clear error", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
    try {
      for (const frame of read(bytes)) assert.ok(frame.payload.length <= maxPayloadBytes);
    } catch (error) {
      assert.ok(hasCode(error, "Internal"), String(error));
    }
  }));
});

Deno.test("a changed bit is noticed", () => {
  const frame = encodeFrame(FrameType.response, 7, new Uint8Array(40).fill(3));
  fc.assert(fc.property(fc.nat((frame.length - headerBytes) * 8 - 1), (bit) => {
    const broken = frame.slice();
    const at = headerBytes + (bit >> 3);
    broken[at] = (broken[at] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => read(broken), /check does not match/);
  }));
});

Deno.test("a frame that cannot be one ends the reading before anything is kept for it", () => {
  const change = (at: number, ...bytes: readonly number[]) => {
    const frame = encodeFrame(FrameType.response, 7, new Uint8Array(8));
    frame.set(bytes, at);
    return frame.subarray(0, headerBytes);
  };
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [change(0, 0x11, 0, 1, 0), /frame of type 17 with 65553 bytes/],
    [change(0, 0xff, 0xff, 0xff, 0xff), /with 4294967295 bytes/],
    [change(0, 3), /frame of type 17 with 3 bytes/],
    [change(4, 3), /unknown type 3/],
    [change(4, FrameType.hello), /unknown type 1/],
    [change(4, FrameType.request), /unknown type 16/],
    [change(4, FrameType.ack), /type 33 with 8 bytes/],
    [change(4, FrameType.data), /type 32 with 8 bytes/],
    [change(5, 1), /flags that nobody knows/],
    [change(7, 1), /flags that nobody knows/],
  ];
  for (const [bytes, message] of cases) assert.throws(() => read(bytes), message);
});

Deno.test("an id that no number holds is refused", () => {
  const frame = encodeFrame(FrameType.response, 7, new Uint8Array(8));
  frame.fill(0xff, 8, 16);
  assert.throws(() => read(frame), /an id that nobody gave/);
});

Deno.test("only data may come unchecked", () => {
  const unchecked = (type: number) => {
    const frame = encodeFrame(type, 7, new Uint8Array(20).fill(1));
    frame.fill(0, 16, 20);
    return frame;
  };
  assert.equal(read(unchecked(FrameType.data)).length, 1);
  assert.throws(() => read(unchecked(FrameType.response)), /check does not match/);
});

Deno.test("a payload shares no memory with what it was read from", () => {
  const bytes = encodeFrame(FrameType.data, 7, new Uint8Array(17).fill(5));
  const [frame] = read(bytes);
  bytes.fill(0);
  assert.deepEqual(frame?.payload, new Uint8Array(17).fill(5));
  assert.equal(frame?.payload.buffer.byteLength, 17);
});

Deno.test("a payload over the limit cannot be made", () => {
  assert.throws(
    () => encodeFrame(16, 1, new Uint8Array(maxPayloadBytes + 1)),
    (error) => hasCode(error, "InvalidArgument"),
  );
});
