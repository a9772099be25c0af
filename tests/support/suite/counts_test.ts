import assert from "node:assert/strict";
import { parseCounts } from "./counts.ts";

Deno.test("parseCounts reads the closing line of deno test", () => {
  assert.deepEqual(parseCounts("a ... ok (1ms)\n\nok | 3 passed (2 steps) | 0 failed (12ms)\n\n"), {
    passed: 3,
    failed: 0,
    skipped: 0,
  });
  assert.deepEqual(
    parseCounts(
      "FAILED | 10 passed | 2 failed | 4 ignored (1 step) | 7 filtered out (1s)\n" +
        "error: Test failed\n",
    ),
    { passed: 10, failed: 2, skipped: 4 },
  );
});

Deno.test("parseCounts reads our own closing line", () => {
  assert.deepEqual(parseCounts("x\n90 passed, 1 failed, 2 skipped\n"), {
    passed: 90,
    failed: 1,
    skipped: 2,
  });
});

Deno.test("parseCounts finds nothing in other output", () => {
  assert.equal(parseCounts("error: Module not found\n"), undefined);
});
