import assert from "node:assert/strict";
import { systemClock, timeOfDay, withDeadline } from "./clock.ts";
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

Deno.test("the time of day follows a clock that is set and a machine that was suspended", () => {
  let [date, monotonic] = [1_000_000, 50.25];
  const now = timeOfDay(() => date, () => monotonic);
  const nowMs = () => Number(now() / 1000n) / 1000;
  assert.equal(nowMs(), 1_000_000);
  [date, monotonic] = [1_000_010, 60.5];
  assert.equal(nowMs(), 1_000_010.25, "finer than Date");
  date += 8 * 3_600_000; // Suspended: the other clock stood still.
  assert.equal(nowMs(), date);
  date -= 3_600_000; // Set back.
  assert.equal(nowMs(), date);
  [date, monotonic] = [date + 1000, monotonic + 1000.75];
  assert.equal(nowMs(), date + 0.75);
});

Deno.test("a process that has to wait between its readings keeps the time", () => {
  const dates = [1000, 1040, 1040];
  const monotonics = [0, 0, 40, 40, 40];
  const now = timeOfDay(() => dates.shift() ?? 0, () => monotonics.shift() ?? 0);
  assert.equal(now(), 1040n * 1_000_000n);
  assert.equal(now(), 1040n * 1_000_000n);
});
