import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { Inbound } from "./inbound.ts";

/** What an inbound channel asks of its WebSocket. */
class FakeMessages {
  isPaused = false;
  heldBytes = 0;

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  hold(_by: object, bytes: number): void {
    this.heldBytes = bytes;
  }
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

Deno.test("what is pushed is read in order, whoever is first", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 30 });
  await fc.assert(fc.asyncProperty(pieces, fc.nat({ max: 30 }), async (pieces, before) => {
    const messages = new FakeMessages();
    const inbound = new Inbound(messages);
    for (const piece of pieces.slice(0, before)) inbound.push(piece);
    const reading = readAll(inbound.stream);
    for (const piece of pieces.slice(before)) {
      await Promise.resolve();
      inbound.push(piece);
    }
    inbound.end();
    assert.deepEqual([...await reading], pieces.flatMap((piece) => [...piece]));
    assert.equal(messages.heldBytes, 0);
  }));
});

Deno.test("with enough waiting it pauses, and resumes when half was taken", async () => {
  const messages = new FakeMessages();
  const inbound = new Inbound(messages);
  for (let count = 0; !messages.isPaused; count++) {
    assert.ok(count < 10);
    inbound.push(new Uint8Array(32 * 1024));
  }
  assert.ok(messages.heldBytes > 100_000);
  const reader = inbound.stream.getReader();
  await reader.read();
  assert.ok(messages.isPaused); // The next message would fill it again.
  await reader.read();
  await reader.read();
  assert.ok(!messages.isPaused);
});

Deno.test("tiny messages count for more than their bytes", () => {
  const messages = new FakeMessages();
  const inbound = new Inbound(messages);
  for (let count = 0; !messages.isPaused; count++) {
    assert.ok(count < 3000);
    inbound.push(Uint8Array.of(1));
  }
});

Deno.test("a small part of a large buffer does not keep it", async () => {
  const inbound = new Inbound(new FakeMessages());
  const large = Buffer.alloc(64 * 1024, 7);
  inbound.push(large.subarray(10, 20));
  large.fill(0);
  const { value } = await inbound.stream.getReader().read();
  assert.deepEqual(value, new Uint8Array(10).fill(7));
  assert.ok((value?.buffer.byteLength ?? 0) < 1000);
});

Deno.test("the end comes behind what waits, and nothing after it", async () => {
  const messages = new FakeMessages();
  const inbound = new Inbound(messages);
  inbound.push(Uint8Array.of(1));
  inbound.end();
  inbound.push(Uint8Array.of(2));
  inbound.fail(new Error("Too late"));
  assert.deepEqual([...await readAll(inbound.stream)], [1]);
});

Deno.test("a failure drops what waits and fails the reader", async () => {
  const messages = new FakeMessages();
  const inbound = new Inbound(messages);
  const reading = inbound.stream.getReader().read().then(() => "read", () => "failed");
  inbound.push(new Uint8Array(10));
  assert.equal(await reading, "read");
  const other = new Inbound(messages);
  other.push(new Uint8Array(1_000_000));
  assert.ok(messages.isPaused);
  other.fail(new Error("Gone"));
  assert.equal(messages.heldBytes, 0);
  assert.ok(!messages.isPaused);
  await assert.rejects(readAll(other.stream), /Gone/);
});

for (const way of ["cancel", "discard"] as const) {
  Deno.test(`after ${way} what comes is taken and dropped`, async () => {
    const messages = new FakeMessages();
    const inbound = new Inbound(messages);
    inbound.push(new Uint8Array(1_000_000));
    if (way === "cancel") await inbound.stream.cancel();
    else inbound.discard();
    assert.ok(!messages.isPaused);
    inbound.push(new Uint8Array(1_000_000));
    assert.ok(!messages.isPaused);
    assert.equal(messages.heldBytes, 0);
    assert.equal((await readAll(inbound.stream)).length, 0);
  });
}

Deno.test("a reader that waits is woken by a cancel", async () => {
  const inbound = new Inbound(new FakeMessages());
  const reader = inbound.stream.getReader();
  const reading = reader.read();
  await reader.cancel();
  assert.equal((await reading).done, true);
});
