/**
 * Timeouts of requests: seconds on the wire, milliseconds inside.
 */

import { invalidArgument } from "../lib/errors.ts";

/** Timers count milliseconds in 31 bits; a longer wait would end at once. */
const maxSeconds = 24n * 24n * 60n * 60n;

/**
 * Milliseconds for a timeout of a request; more than 24 days count as 24 days.
 * @throws FraktiError InvalidArgument when it is negative.
 */
export function toTimeoutMs(seconds: bigint, field: string): number {
  if (seconds < 0n) throw invalidArgument(`Field "${field}" is negative: ${seconds}`);
  return Number(seconds < maxSeconds ? seconds : maxSeconds) * 1000;
}
