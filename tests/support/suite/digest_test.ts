import assert from "node:assert/strict";
import { digestOf } from "./digest.ts";

Deno.test("a digest names each error with its first lines, without the list that follows", () => {
  const stack = Array.from({ length: 20 }, (_, index) => `    at step${index} (file.ts:${index})`);
  const output = [
    "one ... FAILED (1s)",
    "",
    " ERRORS ",
    "",
    "one => ./tests/a_test.ts:3:6",
    "error: Error: first",
    ...stack,
    "",
    "two => ./tests/a_test.ts:9:6",
    "error: Error: second",
    "",
    " FAILURES ",
    "",
    "one => ./tests/a_test.ts:3:6",
    "two => ./tests/a_test.ts:9:6",
    "",
    "FAILED | 0 passed | 2 failed (2s)",
  ].join("\n");
  const lines = digestOf(output).split("\n");
  assert.deepEqual(lines.slice(0, 3), [
    "one => ./tests/a_test.ts:3:6",
    "error: Error: first",
    "    at step0 (file.ts:0)",
  ]);
  assert.ok(lines.includes("error: Error: second"));
  assert.ok(!lines.includes("    at step10 (file.ts:10)"));
});

Deno.test("a digest of another program's output is its end, and no digest is long", () => {
  const output = Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n");
  const lines = digestOf(`${output}\n`).split("\n");
  assert.equal(lines.length, 40);
  assert.equal(lines.at(-1), "line 99");
  assert.equal(digestOf("x".repeat(5000)).length, 300);
});
