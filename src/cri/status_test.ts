import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { FraktiError, notFound, wrap } from "../lib/errors.ts";
import { toStatus } from "./status.ts";

const expected = {
  Cancelled: status.CANCELLED,
  InvalidArgument: status.INVALID_ARGUMENT,
  NotFound: status.NOT_FOUND,
  AlreadyExists: status.ALREADY_EXISTS,
  FailedPrecondition: status.FAILED_PRECONDITION,
  DeadlineExceeded: status.DEADLINE_EXCEEDED,
  ResourceExhausted: status.RESOURCE_EXHAUSTED,
  Unavailable: status.UNAVAILABLE,
  Unimplemented: status.UNIMPLEMENTED,
  Internal: status.INTERNAL,
  Unknown: status.UNKNOWN,
} as const;

for (const [code, grpc] of Object.entries(expected)) {
  Deno.test(`toStatus answers ${code} with code ${grpc}`, () => {
    const error = new FraktiError(code as keyof typeof expected, "Cannot do it");
    assert.deepEqual(toStatus(error), { code: grpc, details: "Cannot do it" });
  });
}

Deno.test("toStatus tells the whole chain of causes and keeps the first code", () => {
  const error = wrap('Cannot start "a"', notFound("Image is gone", new Error("HTTP 404")));
  assert.deepEqual(toStatus(error), {
    code: status.NOT_FOUND,
    details: 'Cannot start "a": Image is gone: HTTP 404',
  });
});

Deno.test("toStatus answers Unknown to errors of others, without their stack", () => {
  const answer = toStatus(new TypeError("x is not a function"));
  assert.deepEqual(answer, { code: status.UNKNOWN, details: "x is not a function" });
  assert.deepEqual(toStatus("thrown text"), { code: status.UNKNOWN, details: "thrown text" });
});

Deno.test("toStatus cuts a text that would not fit a trailer", () => {
  const { details } = toStatus(new Error("x".repeat(100_000)));
  assert.equal(details.length, 2048);
  assert.ok(details.endsWith("…"));
});

Deno.test("toStatus answers with one line whatever the text holds", () => {
  const error = new FraktiError("InvalidArgument", 'Field "x" is wrong: "a\n\tb\0c"');
  assert.equal(toStatus(error).details, 'Field "x" is wrong: "a b c"');
});
