/**
 * Linux error numbers as the guest answers them, and what they mean to a caller.
 */

import { type ErrorCode, FraktiError } from "../../../lib/errors.ts";

/** The numbers this folder itself uses. */
export const Errno = { EPIPE: 32, ECANCELED: 125 } as const;

/** x86-64 and arm64 share these. */
const known: Readonly<Record<number, readonly [name: string, code: ErrorCode]>> = {
  1: ["EPERM", "FailedPrecondition"],
  2: ["ENOENT", "NotFound"],
  3: ["ESRCH", "NotFound"],
  5: ["EIO", "Internal"],
  7: ["E2BIG", "InvalidArgument"],
  8: ["ENOEXEC", "FailedPrecondition"],
  11: ["EAGAIN", "ResourceExhausted"],
  12: ["ENOMEM", "ResourceExhausted"],
  13: ["EACCES", "FailedPrecondition"],
  16: ["EBUSY", "FailedPrecondition"],
  17: ["EEXIST", "AlreadyExists"],
  18: ["EXDEV", "FailedPrecondition"],
  19: ["ENODEV", "NotFound"],
  20: ["ENOTDIR", "FailedPrecondition"],
  21: ["EISDIR", "FailedPrecondition"],
  22: ["EINVAL", "InvalidArgument"],
  24: ["EMFILE", "ResourceExhausted"],
  28: ["ENOSPC", "ResourceExhausted"],
  30: ["EROFS", "FailedPrecondition"],
  32: ["EPIPE", "FailedPrecondition"],
  36: ["ENAMETOOLONG", "InvalidArgument"],
  38: ["ENOSYS", "Unimplemented"],
  39: ["ENOTEMPTY", "FailedPrecondition"],
  40: ["ELOOP", "FailedPrecondition"],
  95: ["EOPNOTSUPP", "Unimplemented"],
  101: ["ENETUNREACH", "FailedPrecondition"],
  104: ["ECONNRESET", "FailedPrecondition"],
  110: ["ETIMEDOUT", "DeadlineExceeded"],
  111: ["ECONNREFUSED", "FailedPrecondition"],
  113: ["EHOSTUNREACH", "FailedPrecondition"],
  122: ["EDQUOT", "ResourceExhausted"],
  125: ["ECANCELED", "Cancelled"],
};

/** The error of a request that the guest refused, with the name of the error number. */
export class GuestError extends FraktiError {
  constructor(code: ErrorCode, message: string, readonly errno: string) {
    super(code, message);
  }
}

/**
 * The error of a request that the guest refused. Never Unavailable: that code is kept for a
 * connection that is lost. `text` is the guest's and goes in cleaned.
 */
export function errnoError(action: string, errno: number, text: string): GuestError {
  const [name, code] = known[errno] ?? [`errno ${errno}`, "Internal"];
  const detail = cleanText(text);
  const message = detail === "" ? `${action}: ${name}` : `${action}: ${name}: ${detail}`;
  return new GuestError(code, message, name);
}

/** Text from a guest on its way to a log or an error: one line, without control characters. */
export function cleanText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}
