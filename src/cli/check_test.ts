import assert from "node:assert/strict";
import { FakeClock } from "../lib/fake_clock.ts";
import { systemClock } from "../lib/clock.ts";
import { unavailable } from "../lib/errors.ts";
import {
  type Check,
  checkExitCode,
  failure,
  formatReports,
  formatReportsJson,
  ok,
  runChecks,
  warning,
} from "./check.ts";

function constant(name: string, ...results: Awaited<ReturnType<Check["run"]>>[]): Check {
  return { name, run: () => Promise.resolve(results.flat()) };
}

Deno.test("runChecks keeps the order and turns an error into a failure", async () => {
  const reports = await runChecks([
    constant("a", ok("fine")),
    { name: "b", run: () => Promise.reject(unavailable("Cannot look", new Error("why"))) },
    constant("c", warning("odd", "mend it"), ok("and fine")),
  ], systemClock);
  assert.deepEqual(reports, [
    { name: "a", level: "ok", message: "fine" },
    { name: "b", level: "failure", message: "Cannot look: why" },
    { name: "c", level: "warning", message: "odd", mend: "mend it" },
    { name: "c", level: "ok", message: "and fine" },
  ]);
});

Deno.test("runChecks does not wait for ever", async () => {
  const clock = new FakeClock();
  const running = runChecks([{ name: "slow", run: () => new Promise(() => {}) }], clock);
  await clock.advance(10_000);
  const [report] = await running;
  assert.equal(report?.level, "failure");
  assert.match(report?.message ?? "", /took longer than 10000 ms/);
});

Deno.test("only a failure makes the exit code 1", () => {
  assert.equal(checkExitCode([{ name: "a", ...warning("w", "m") }]), 0);
  assert.equal(checkExitCode([{ name: "a", ...failure("f", "m") }]), 1);
});

Deno.test("formatReports aligns the lines and puts the mend below", () => {
  const text = formatReports([
    { name: "a", ...ok("fine") },
    { name: "longer", ...failure("broken", "mend it") },
  ]);
  assert.equal(
    text,
    [
      "OK       a       fine",
      "FAILURE  longer  broken",
      "                 -> mend it",
      "",
      "1 OK, 0 warnings, 1 failure",
      "",
    ].join("\n"),
  );
});

Deno.test("formatReportsJson gives the same to programs", () => {
  const reports = [{ name: "a", ...failure("broken", "mend it") }];
  assert.deepEqual(JSON.parse(formatReportsJson(reports)), { checks: reports, exitCode: 1 });
});
