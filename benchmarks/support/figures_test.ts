import assert from "node:assert/strict";
import { median, medianOverhead, percentile, summarize } from "./figures.ts";

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

Deno.test("percentiles are values that were measured, by the nearest rank", () => {
  assert.deepEqual(summarize(hundred), { count: 100, p50: 50, p90: 90, p99: 99, max: 100 });
  assert.equal(percentile([7], 0.99), 7);
  assert.equal(percentile([1, 2], 0), 1);
});

Deno.test("no samples have no median", () => {
  assert.throws(() => median([]), /no samples/);
});

Deno.test("one disturbed round does not change the overhead", () => {
  const quiet = Array.from({ length: 4 }, () => ({ reference: 100, measured: 110 }));
  const overhead = medianOverhead([...quiet, { reference: 100, measured: 900 }]);
  assert.ok(Math.abs(overhead - 0.1) < 1e-9);
});
