import assert from "node:assert/strict";
import { toTimeoutMs } from "./seconds.ts";

Deno.test("toTimeoutMs turns seconds into milliseconds", () => {
  assert.equal(toTimeoutMs(0n, "timeout"), 0);
  assert.equal(toTimeoutMs(30n, "timeout"), 30_000);
});

Deno.test("toTimeoutMs never exceeds what a timer can count", () => {
  assert.ok(toTimeoutMs(2n ** 63n - 1n, "timeout") < 2 ** 31);
});

Deno.test("toTimeoutMs refuses a negative timeout by its name", () => {
  assert.throws(() => toTimeoutMs(-1n, "timeout"), {
    code: "InvalidArgument",
    message: 'Field "timeout" is negative: -1',
  });
});
