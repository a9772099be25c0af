import assert from "node:assert/strict";
import * as fc from "fast-check";
import { SpareBuffers, WaitingBytes } from "./waiting_bytes.ts";

Deno.test("what is appended is taken whole and in order, in pieces of 64 KiB at most", () => {
  const sizes = fc.oneof(fc.nat(20), fc.nat(40_000), fc.nat(200_000));
  const step = fc.oneof(sizes, fc.constant("take" as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const waiting = new WaitingBytes(new SpareBuffers());
      let [next, expected] = [0, 0];
      const take = () => {
        const bytes = waiting.take();
        assert.ok((bytes?.length ?? 0) <= 64 * 1024);
        let wrong = 0;
        for (const byte of bytes ?? []) wrong += byte === expected++ % 251 ? 0 : 1;
        assert.equal(wrong, 0);
        return bytes !== undefined;
      };
      for (const step of steps) {
        if (step === "take") take();
        else waiting.append(Uint8Array.from({ length: step }, () => next++ % 251));
        assert.equal(waiting.sizeBytes, next - expected);
      }
      while (take());
      assert.deepEqual([expected, waiting.costBytes], [next, 0]);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a buffer is used again once the next piece is asked for, not before", () => {
  const waiting = new WaitingBytes(new SpareBuffers());
  const large = new Uint8Array(64 * 1024);
  waiting.append(large);
  const first = waiting.take();
  waiting.append(large);
  const second = waiting.take();
  assert.notEqual(first?.buffer, second?.buffer);
  waiting.append(large);
  assert.equal(waiting.take()?.buffer, first?.buffer);
});

Deno.test("who asks for the next piece while there is none keeps no buffer", () => {
  const spares = new SpareBuffers();
  const waiting = new WaitingBytes(spares);
  waiting.append(new Uint8Array(64 * 1024));
  const taken = waiting.take();
  waiting.giveBack();
  waiting.giveBack();
  assert.equal(spares.take().buffer, taken?.buffer);
  assert.notEqual(spares.take().buffer, taken?.buffer);
});

Deno.test("what was taken is the taker's for good when the rest is thrown away", () => {
  const spares = new SpareBuffers();
  const waiting = new WaitingBytes(spares);
  for (let count = 0; count < 2; count++) waiting.append(new Uint8Array(64 * 1024));
  const taken = waiting.take();
  waiting.clear();
  assert.equal(waiting.take(), undefined);
  assert.notEqual(spares.take().buffer, taken?.buffer);
  assert.notEqual(spares.take().buffer, taken?.buffer);
});

Deno.test("a key costs a small buffer, and keys that wait share it", () => {
  const waiting = new WaitingBytes(new SpareBuffers());
  for (const key of [1, 2, 3]) waiting.append(Uint8Array.of(key));
  const bytes = waiting.take();
  assert.deepEqual(bytes, Uint8Array.of(1, 2, 3));
  assert.ok(bytes.buffer.byteLength < 1024);
});

Deno.test("a buffer with little in it counts whole", () => {
  const waiting = new WaitingBytes(new SpareBuffers());
  waiting.append(new Uint8Array(8 * 1024));
  assert.ok(waiting.costBytes >= 64 * 1024);
});

Deno.test("few spare buffers are kept, and only those of the usual size", () => {
  const spares = new SpareBuffers();
  const given = Array.from({ length: 10 }, () => new Uint8Array(64 * 1024));
  for (const buffer of given) spares.give(buffer);
  spares.give(new Uint8Array(512));
  const taken = Array.from({ length: 10 }, () => spares.take());
  assert.equal(taken.filter((buffer) => given.includes(buffer)).length, 4);
  assert.ok(taken.every(({ length }) => length === 64 * 1024));
});
