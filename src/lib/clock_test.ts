import assert from "node:assert/strict";
import { systemClock, withDeadline } from "./clock.ts";
import { hasCode } from "./errors.ts";
import { FakeClock } from "./fake_clock.ts";

Deno.test("work that is quick enough passes its deadline and leaves no timer", async () => {
  const clock = new FakeClock();
  assert.equal(await withDeadline(clock, 100, "Work", Promise.resolve(1)), 1);
  assert.equal(clock.pending, 0);
});

Deno.test("work that is too slow is DeadlineExceeded and named", async () => {
  const clock = new FakeClock();
  const slow = withDeadline(clock, 100, "Work", new Promise(() => {}));
  const outcome = assert.rejects(
    slow,
    (error) => hasCode(error, "DeadlineExceeded") && /Work/.test(String(error)),
  );
  await clock.advance(100);
  await outcome;
});

Deno.test("a sleep ends early when its signal is aborted", async () => {
  const abort = new AbortController();
  const sleeping = systemClock.sleep(60_000, abort.signal);
  abort.abort();
  await sleeping;
  await systemClock.sleep(60_000, abort.signal);
});

Deno.test("the wall clock agrees with Date", () => {
  const apartMs = Math.abs(Number(systemClock.nowNs() / 1_000_000n) - Date.now());
  assert.ok(apartMs < 5_000);
});
