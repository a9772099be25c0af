/**
 * Turns what the Docker Engine answers, or fails to answer, into errors of frakti. The one place
 * where an HTTP status becomes an error code.
 */

import { type ErrorCode, FraktiError } from "../../../lib/errors.ts";
import { type MessageKind, saysThat } from "./messages.ts";

/** An error answer of the engine; the `cause` of the FraktiError that callers see. */
export class EngineAnswer extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text === "" ? `Docker answered with status ${status}` : text);
    this.name = "EngineAnswer";
    this.status = status;
  }
}

/** The error for an answer with an error status. `action` reads "Cannot start container "x"". */
export function answerError(action: string, status: number, text: string): FraktiError {
  const cause = new EngineAnswer(status, text);
  return new FraktiError(codeOfAnswer(status, text), action, { cause });
}

/** The code of an error answer. */
export function codeOfAnswer(status: number, text: string): ErrorCode {
  // Engines up to 17.05 choose their status by keywords in their own text ("not found" of a
  // command makes a 404), so texts that tell what is meant count for more.
  if (saysThat(text, "nameConflict")) return "AlreadyExists";
  if (status === 404 && saysThat(text, "commandNotFound")) return "InvalidArgument";
  if (status === 500) {
    if (saysThat(text, "containerMissing") || saysThat(text, "imageMissing")) return "NotFound";
    if (saysThat(text, "execMissing")) return "NotFound";
    if (saysThat(text, "notRunning")) return "FailedPrecondition";
    if (saysThat(text, "containerdAway")) return "Unavailable";
  }
  switch (status) {
    case 400:
      return "InvalidArgument";
    case 404:
      return "NotFound";
    case 406:
    case 409:
    case 412:
      return "FailedPrecondition";
    case 413:
    case 429:
    case 507:
      return "ResourceExhausted";
    case 405:
    case 501:
      return "Unimplemented";
    case 502:
    case 503:
    case 504:
      return "Unavailable";
    default:
      return status >= 500 ? "Internal" : "Unknown";
  }
}

/** The engine's own text behind an error, or "" when the engine said nothing. */
export function engineText(error: unknown): string {
  return answerOf(error)?.message ?? "";
}

/** The HTTP status behind an error; undefined when the engine did not answer. */
export function engineStatus(error: unknown): number | undefined {
  return answerOf(error)?.status;
}

/** True when the engine's text behind `error` has the given meaning. */
export function errorSays(error: unknown, kind: MessageKind): boolean {
  return saysThat(engineText(error), kind);
}

const maxDepth = 8; // Chains are two or three long; a cycle must not hang.

function answerOf(error: unknown): EngineAnswer | undefined {
  let current = error;
  for (let depth = 0; depth < maxDepth && current instanceof Error; depth++) {
    if (current instanceof EngineAnswer) return current;
    current = current.cause;
  }
  return undefined;
}

/**
 * The error for a connection that could not be made or broke. An aborted caller's signal gives
 * Cancelled, everything else Unavailable: the engine may be back in a moment.
 */
export function connectionError(action: string, cause: unknown, signal?: AbortSignal): FraktiError {
  if (cause instanceof FraktiError) return new FraktiError(cause.code, action, { cause });
  if (signal?.aborted) {
    return new FraktiError("Cancelled", `${action}: the caller went away`);
  }
  return new FraktiError("Unavailable", action, { cause });
}
