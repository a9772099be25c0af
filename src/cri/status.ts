/**
 * Errors → gRPC status: the one place. Codes carry meaning to a kubelet (NotFound, Unimplemented,
 * DeadlineExceeded, Unknown); everything else is text in an event, so the text tells the whole
 * chain of causes, and never a stack.
 */

import { status } from "@grpc/grpc-js";
import { codeOf, describe, type ErrorCode } from "../lib/errors.ts";

/** How a failed call is answered. */
export interface GrpcStatus {
  readonly code: status;
  readonly details: string;
}

const codes: Readonly<Record<ErrorCode, status>> = {
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
};

/** The text travels in an HTTP/2 trailer; peers allow 8 to 16 KiB of those, percent-encoded. */
const maxDetailsLength = 2048;

/** The answer to a call that failed with `error`. */
export function toStatus(error: unknown): GrpcStatus {
  return { code: codes[codeOf(error)], details: shorten(oneLine(describe(error))) };
}

/** A client's value or a plugin's words must not look like lines of their own in an event or log. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

function shorten(text: string): string {
  return text.length <= maxDetailsLength ? text : `${text.slice(0, maxDetailsLength - 1)}…`;
}
