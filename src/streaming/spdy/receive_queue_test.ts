import assert from "node:assert/strict";
import { ReceiveQueue } from "./receive_queue.ts";
import { SpareBuffers } from "./waiting_bytes.ts";

function begin() {
  let consumedBytes = 0;
  const queue = new ReceiveQueue({
    buffered: () => {},
    consumed: (sizeBytes) => consumedBytes += sizeBytes,
  }, new SpareBuffers());
  return { queue, consumedBytes: () => consumedBytes };
}

Deno.test("a waiting reader gets bytes at once, and nothing is kept", async () => {
  const { queue, consumedBytes } = begin();
  const reader = queue.readable.getReader();
  const reading = reader.read();
  await Promise.resolve();
  queue.push(Uint8Array.of(1, 2));
  assert.deepEqual((await reading).value, Uint8Array.of(1, 2));
  assert.equal(queue.bufferedBytes, 0);
  assert.equal(consumedBytes(), 2);
});

Deno.test("a waiting reader gets all that one packet brings as one piece", async () => {
  const { queue } = begin();
  const reader = queue.readable.getReader();
  const reading = reader.read();
  await Promise.resolve();
  for (const byte of [1, 2, 3]) queue.push(Uint8Array.of(byte));
  queue.finish();
  assert.deepEqual((await reading).value, Uint8Array.of(1, 2, 3));
  assert.equal((await reader.read()).done, true);
});

Deno.test("what a waiting reader is about to get is not lost with the stream", async () => {
  const { queue } = begin();
  const reader = queue.readable.getReader();
  const reading = reader.read();
  await Promise.resolve();
  queue.push(Uint8Array.of(1));
  queue.fail(new Error("broke"));
  assert.deepEqual((await reading).value, Uint8Array.of(1));
  await assert.rejects(reader.read(), { message: "broke" });
});

Deno.test("what waits is read before the end, what comes behind the end is not", async () => {
  const { queue, consumedBytes } = begin();
  queue.push(Uint8Array.of(1));
  queue.push(Uint8Array.of(2));
  queue.finish();
  queue.push(Uint8Array.of(3));
  const pieces = await Array.fromAsync(queue.readable);
  assert.deepEqual(pieces, [Uint8Array.of(1, 2)]);
  assert.deepEqual([queue.bufferedBytes, consumedBytes()], [0, 2]);
});

Deno.test("what was pushed is a copy: the pusher has its bytes back", async () => {
  const { queue } = begin();
  const reader = queue.readable.getReader();
  const reading = reader.read();
  await Promise.resolve();
  for (const size of [10, 60 * 1024]) {
    const bytes = new Uint8Array(size).fill(1);
    queue.push(bytes);
    bytes.fill(2);
  }
  queue.finish();
  let piece = await reading;
  let sizeBytes = 0;
  for (; !piece.done; piece = await reader.read()) {
    assert.ok(piece.value.every((byte) => byte === 1));
    sizeBytes += piece.value.length;
  }
  assert.equal(sizeBytes, 10 + 60 * 1024);
});

Deno.test("a failure loses what waits and is told to the reader", async () => {
  const { queue, consumedBytes } = begin();
  queue.push(new Uint8Array(100));
  queue.fail(new Error("broke"));
  queue.fail(new Error("again"));
  queue.finish();
  assert.deepEqual([queue.bufferedBytes, consumedBytes()], [0, 100]);
  await assert.rejects(queue.readable.getReader().read(), { message: "broke" });
});

Deno.test("a reader that waits is told of the end and of a failure", async () => {
  for (const how of ["finish", "fail"] as const) {
    const { queue } = begin();
    const reading = queue.readable.getReader().read();
    await Promise.resolve();
    if (how === "finish") queue.finish();
    else queue.fail(new Error("broke"));
    if (how === "finish") assert.equal((await reading).done, true);
    else await assert.rejects(reading, { message: "broke" });
  }
});

Deno.test("what nobody wants counts as read, before and after it was given up", () => {
  const { queue, consumedBytes } = begin();
  queue.push(new Uint8Array(50));
  queue.discard();
  queue.push(new Uint8Array(7));
  assert.deepEqual([queue.bufferedBytes, consumedBytes()], [0, 57]);
});

Deno.test("it is full at its limit, by bytes or by pieces", () => {
  const byBytes = begin().queue;
  byBytes.push(new Uint8Array(192 * 1024));
  assert.equal(byBytes.isFull, false);
  byBytes.push(new Uint8Array(64 * 1024));
  assert.equal(byBytes.isFull, true);
  const byPieces = begin().queue;
  for (let count = 0; count < 500; count++) byPieces.push(new Uint8Array(512));
  assert.equal(byPieces.isFull, true);
});
