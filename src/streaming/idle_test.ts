import assert from "node:assert/strict";
import { FakeClock } from "../lib/fake_clock.ts";
import { IdleWatch } from "./idle.ts";

Deno.test("a watch calls back once when nothing happened for its time", async () => {
  const clock = new FakeClock();
  let calls = 0;
  new IdleWatch(clock, 1000, () => calls++);
  await clock.advance(999);
  assert.equal(calls, 0);
  await clock.advance(1);
  assert.equal(calls, 1);
  await clock.advance(5000);
  assert.equal(calls, 1);
  assert.equal(clock.pending, 0);
});

Deno.test("a watch begins anew whenever something happens", async () => {
  const clock = new FakeClock();
  let calls = 0;
  const watch = new IdleWatch(clock, 1000, () => calls++);
  for (let round = 0; round < 5; round++) {
    await clock.advance(900);
    watch.touch();
  }
  assert.equal(calls, 0);
  await clock.advance(999);
  assert.equal(calls, 0);
  await clock.advance(1);
  assert.equal(calls, 1);
});

Deno.test("a stopped watch never calls back and leaves no timer", async () => {
  const clock = new FakeClock();
  const watch = new IdleWatch(clock, 1000, () => assert.fail("Called back"));
  watch.stop();
  watch.stop();
  assert.equal(clock.pending, 0);
  await clock.advance(2000);
});
