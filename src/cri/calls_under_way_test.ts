import assert from "node:assert/strict";
import { CallsUnderWay } from "./calls_under_way.ts";

Deno.test("idle waits for the last call and for nothing when there is none", async () => {
  const calls = new CallsUnderWay();
  await calls.idle();
  const first = calls.begin();
  const second = calls.begin();
  let isIdle = false;
  const idle = calls.idle().then(() => isIdle = true);
  first();
  first();
  await Promise.resolve();
  assert.equal(isIdle, false);
  second();
  await idle;
});
