import assert from "node:assert/strict";
import { codeOf, describe, FraktiError, hasCode, notFound, wrap } from "./errors.ts";

Deno.test("wrapping keeps the code and adds what was attempted", () => {
  const error = wrap('Cannot stop container "a"', notFound("Docker has no such container"));
  assert.equal(error.code, "NotFound");
  assert.equal(describe(error), 'Cannot stop container "a": Docker has no such container');
});

Deno.test("an error that is not ours counts as Unknown", () => {
  assert.equal(codeOf(new TypeError("x")), "Unknown");
  assert.equal(codeOf("text"), "Unknown");
  assert.equal(hasCode(new Error("x"), "NotFound"), false);
});

Deno.test("describing a chain that bites its own tail ends", () => {
  const error = new Error("a");
  error.cause = error;
  assert.match(describe(error), /^a(: a)+$/);
});

Deno.test("several errors at once are all described", () => {
  const both = new AggregateError([new Error("one"), notFound("two")], "Cannot undo");
  assert.equal(
    describe(new FraktiError("Internal", "Failed", { cause: both })),
    "Failed: Cannot undo; one; two",
  );
});

Deno.test("an error without a message is described by its name, a thrown text by itself", () => {
  assert.equal(describe(new RangeError()), "RangeError");
  assert.equal(describe("boom"), "boom");
});
