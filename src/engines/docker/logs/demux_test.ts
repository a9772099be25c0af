import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { FrameDemuxer } from "./demux.ts";
import { chunksOf } from "./test_chunks.ts";

function frame(type: number, payload: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(8 + payload.length);
  bytes[0] = type;
  bytes.writeUInt32BE(payload.length, 4);
  bytes.set(payload, 8);
  return bytes;
}

const streams = ["stdin", "stdout", "stderr", "error"];

Deno.test("FrameDemuxer finds every frame, wherever chunks end", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(3), fc.uint8Array({ maxLength: 60 }))),
    fc.array(fc.integer({ min: 1, max: 40 })),
    (frames, sizes) => {
      const bytes = Buffer.concat(frames.map(([type, payload]) => frame(type, payload)));
      const demuxer = new FrameDemuxer();
      const found: { stream: string; payload: string }[] = [];
      for (const chunk of chunksOf(bytes, sizes)) {
        demuxer.push(chunk, ({ stream, payload }) => {
          found.push({ stream, payload: Buffer.from(payload).toString("hex") });
        });
      }
      assert.deepEqual(
        found,
        frames.map(([type, payload]) => ({
          stream: streams[type],
          payload: Buffer.from(payload).toString("hex"),
        })),
      );
      assert.equal(demuxer.isInsideFrame, false);
    },
  ));
});

Deno.test("FrameDemuxer refuses what is no frame and what is over its cap", () => {
  const ignore = () => {};
  assert.throws(() => new FrameDemuxer().push(Buffer.from("plain text"), ignore), /not in frames/);
  assert.throws(() => new FrameDemuxer().push(frame(4, Buffer.alloc(1)), ignore), /not in frames/);
  assert.throws(() => new FrameDemuxer(10).push(frame(1, Buffer.alloc(11)), ignore), /11 bytes/);
  const huge = Buffer.from([1, 0, 0, 0, 255, 255, 255, 255]);
  const demuxer = new FrameDemuxer();
  demuxer.push(huge.subarray(0, 7), ignore);
  assert.throws(() => demuxer.push(huge.subarray(7), ignore), /4294967295 bytes/);
});

Deno.test("FrameDemuxer knows when a stream stopped inside a frame", () => {
  const demuxer = new FrameDemuxer();
  demuxer.push(frame(1, Buffer.from("abc")).subarray(0, 10), () => assert.fail("not complete"));
  assert.equal(demuxer.isInsideFrame, true);
});
