import assert from "node:assert/strict";
import { hasCode } from "./errors.ts";
import { FakeClock } from "./fake_clock.ts";
import { OutputPipe } from "./output_pipe.ts";

const encoder = new TextEncoder();

Deno.test("what is written can be read, also after the end", async () => {
  const pipe = new OutputPipe();
  await pipe.write(encoder.encode("a"));
  await pipe.write(encoder.encode("b"));
  pipe.close();
  pipe.close();
  assert.equal(await new Response(pipe.readable).text(), "ab");
});

Deno.test("a writer waits for a slow reader", async () => {
  const pipe = new OutputPipe();
  let done = false;
  const writing = pipe.write(new Uint8Array(1 << 20)).then(() => done = true);
  await Promise.resolve();
  assert.equal(done, false);
  const reader = pipe.readable.getReader();
  assert.equal((await reader.read()).value?.length, 1 << 20);
  await writing;
  assert.equal(done, true);
});

Deno.test("a reader that leaves does not hold the writer", async () => {
  const pipe = new OutputPipe();
  const writing = pipe.write(new Uint8Array(1 << 20));
  await pipe.readable.cancel();
  await writing;
  await pipe.write(new Uint8Array(1 << 20));
  pipe.close();
});

Deno.test("the end does not wait for a reader", async () => {
  const pipe = new OutputPipe();
  const writing = pipe.write(new Uint8Array(1 << 20));
  pipe.close();
  await writing;
});

Deno.test("a failure reaches the reader", async () => {
  const pipe = new OutputPipe();
  pipe.fail(new Error("broken"));
  await assert.rejects(new Response(pipe.readable).text(), /broken/);
});

Deno.test("a reader that takes nothing for too long fails the writer, a slow one does not", async () => {
  const clock = new FakeClock();
  const pipe = new OutputPipe({ clock, ms: 1000 });
  const reader = pipe.readable.getReader();
  const first = pipe.write(new Uint8Array(1 << 20));
  await clock.advance(999);
  await reader.read();
  await first;
  assert.equal(clock.pending, 0);
  const second = pipe.write(new Uint8Array(1 << 20));
  second.catch(() => {});
  await clock.advance(1000);
  await assert.rejects(second, (error) => hasCode(error, "ResourceExhausted"));
});
