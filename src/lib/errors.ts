/**
 * The one error family of frakti. Thrown near the cause, wrapped on the way up with what was being
 * attempted, and mapped to a gRPC status in exactly one place (src/cri/status.ts).
 */

/** What went wrong, in the vocabulary of gRPC status codes that carry meaning to a CRI client. */
export type ErrorCode =
  | "Cancelled"
  | "InvalidArgument"
  | "NotFound"
  | "AlreadyExists"
  | "FailedPrecondition"
  | "DeadlineExceeded"
  | "ResourceExhausted"
  | "Unavailable"
  | "Unimplemented"
  | "Internal"
  | "Unknown";

/**
 * An expected failure. `message` says what was attempted and on what; `cause` says why.
 * Messages are capitalised, quote their values, end without a period, and never hold secrets.
 */
export class FraktiError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "FraktiError";
    this.code = code;
  }
}

/** Shorthand for {@linkcode FraktiError} with code NotFound. */
export function notFound(message: string, cause?: unknown): FraktiError {
  return new FraktiError("NotFound", message, causeOf(cause));
}

/** Shorthand for {@linkcode FraktiError} with code InvalidArgument. */
export function invalidArgument(message: string, cause?: unknown): FraktiError {
  return new FraktiError("InvalidArgument", message, causeOf(cause));
}

/** Shorthand for {@linkcode FraktiError} with code FailedPrecondition. */
export function failedPrecondition(message: string, cause?: unknown): FraktiError {
  return new FraktiError("FailedPrecondition", message, causeOf(cause));
}

/** Shorthand for {@linkcode FraktiError} with code Unavailable. */
export function unavailable(message: string, cause?: unknown): FraktiError {
  return new FraktiError("Unavailable", message, causeOf(cause));
}

/** Shorthand for {@linkcode FraktiError} with code Unimplemented. */
export function unimplemented(message: string, cause?: unknown): FraktiError {
  return new FraktiError("Unimplemented", message, causeOf(cause));
}

/** Shorthand for {@linkcode FraktiError} with code Internal. */
export function internal(message: string, cause?: unknown): FraktiError {
  return new FraktiError("Internal", message, causeOf(cause));
}

/**
 * Wraps `cause` with what was being attempted, keeping its code. Errors that are not ours become
 * Unknown, as `fmt.Errorf` does behind a Go server: clients treat that code as "just text".
 */
export function wrap(action: string, cause: unknown): FraktiError {
  return new FraktiError(codeOf(cause), action, { cause });
}

/** The code of any thrown value; Unknown for values that are not a {@linkcode FraktiError}. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof FraktiError ? error.code : "Unknown";
}

/** True when `error` is a {@linkcode FraktiError} with the given code. */
export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof FraktiError && error.code === code;
}

const maxCauses = 8; // A cycle in the chain must not hang the one place that prints it.

/** The message of an error followed by those of its causes, outermost first, joined by ": ". */
export function describe(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < maxCauses && current !== undefined && current !== null; depth++) {
    if (current instanceof AggregateError) {
      parts.push(
        [current.message, ...current.errors.map((inner) => describe(inner))]
          .filter((text) => text !== "").join("; "),
      );
      break;
    }
    if (current instanceof Error) {
      parts.push(current.message === "" ? current.name : current.message);
      current = current.cause;
    } else {
      parts.push(String(current));
      break;
    }
  }
  return parts.join(": ");
}

/** For the `default` branch of an exhaustive switch: does not type-check unless every case is met. */
export function unreachable(value: never): never {
  throw internal(`Unreachable case ${JSON.stringify(value)}`);
}

function causeOf(cause: unknown): { cause?: unknown } {
  return cause === undefined ? {} : { cause };
}
