import assert from "node:assert/strict";
import { FakeClock } from "../lib/fake_clock.ts";
import { Interrupt } from "./interrupt.ts";

Deno.test("the first cause is the one that rejects", async () => {
  const clock = new FakeClock();
  const first = new AbortController();
  const second = new AbortController();
  const interrupt = new Interrupt().on(first.signal).on(second.signal, () => new Error("second"))
    .after(clock, 1000, () => new Error("late"));
  assert.equal(interrupt.isReached, false);
  second.abort();
  first.abort(new Error("first"));
  await assert.rejects(interrupt.reached, { message: "second" });
  assert.equal(interrupt.isReached, true);
  interrupt.release();
  assert.equal(clock.pending, 0);
});

Deno.test("a signal that was aborted before counts, a time-out too", async () => {
  const clock = new FakeClock();
  await assert.rejects(new Interrupt().on(AbortSignal.abort(new Error("over"))).reached, {
    message: "over",
  });
  const timed = assert.rejects(
    new Interrupt().after(clock, 5, () => new Error("late")).reached,
    { message: "late" },
  );
  await clock.advance(5);
  await timed;
});

Deno.test("a released one stays silent", async () => {
  const clock = new FakeClock();
  const abort = new AbortController();
  const interrupt = new Interrupt().on(abort.signal).after(clock, 5, () => new Error("late"));
  interrupt.release();
  interrupt.release();
  abort.abort();
  await clock.advance(10);
  assert.equal(interrupt.isReached, false);
});
