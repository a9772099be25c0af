import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, utf8 } from "./bytes.ts";
import {
  controlFrame,
  controlType,
  dataFrame,
  flagFin,
  type Frame,
  FrameReader,
  rstStream,
  synStream,
} from "./frames.ts";

const anyFrame = fc.oneof(
  fc.record({
    kind: fc.constant("data" as const),
    streamId: fc.integer({ min: 1, max: 0x7fffffff }),
    bytes: fc.uint8Array({ maxLength: 300 }),
    isLast: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("control" as const),
    version: fc.constant(3),
    type: fc.integer({ min: 1, max: 9 }),
    flags: fc.integer({ min: 0, max: 255 }),
    payload: fc.uint8Array({ maxLength: 300 }),
  }),
);

function encode(frame: Frame): Uint8Array {
  return frame.kind === "data"
    ? dataFrame(frame.streamId, frame.bytes, frame.isLast ? flagFin : 0)
    : controlFrame(frame.type, frame.payload, { flags: frame.flags });
}

/** Data in whole frames, however it was cut. */
function joined(frames: readonly Frame[]): Frame[] {
  const whole: Frame[] = [];
  for (const frame of frames) {
    const last = whole.at(-1);
    const goesOn = frame.kind === "data" && last?.kind === "data" && !last.isLast &&
      last.streamId === frame.streamId;
    if (goesOn) whole.pop();
    whole.push(goesOn ? { ...frame, bytes: concat([last.bytes, frame.bytes]) } : frame);
  }
  return whole.map((frame) =>
    frame.kind === "data"
      ? { ...frame, bytes: Uint8Array.from(frame.bytes) }
      : { ...frame, payload: Uint8Array.from(frame.payload) }
  );
}

Deno.test("frames come out as they went in, however the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(anyFrame, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }),
      (frames, cuts) => {
        const bytes = concat(frames.map(encode));
        const reader = new FrameReader();
        const seen: Frame[] = [];
        let start = 0;
        while (start < bytes.length) {
          const size = cuts[start % cuts.length] ?? 1;
          seen.push(...reader.push(bytes.slice(start, start + size)));
          start += size;
        }
        assert.deepEqual(joined(seen), joined(frames));
      },
    ),
  );
});

Deno.test("frames have the layout of the draft", () => {
  assert.deepEqual([...dataFrame(5, utf8("ab"), flagFin)], [0, 0, 0, 5, 1, 0, 0, 2, 97, 98]);
  assert.deepEqual(
    [...synStream(3, Uint8Array.of(9), 0)],
    [0x80, 3, 0, controlType.synStream, 0, 0, 0, 11, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 9],
  );
  assert.deepEqual(
    [...rstStream(7, 5)],
    [0x80, 3, 0, controlType.rstStream, 0, 0, 0, 8, 0, 0, 0, 7, 0, 0, 0, 5],
  );
});
