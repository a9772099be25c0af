/**
 * Time as an effect: everything that reads the clock or waits takes a `Clock`, so that tests do
 * not sleep and timestamps can be fixed.
 */

import { FraktiError } from "./errors.ts";

/** Wall-clock time, monotonic time and waiting. */
export interface Clock {
  /** Nanoseconds since the Unix epoch. */
  nowNs(): bigint;
  /** Milliseconds on a clock that never goes back. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `action` once after `ms`; the returned function cancels it. Holds the process open. */
  after(ms: number, action: () => void): () => void;
}

/**
 * The reason of signals that end a wait and nothing else. Without one, `abort` makes an error each
 * time, and its stack trace costs more than the wait's end.
 */
export const waitOver = new Error("The wait is over");

/** How far two readings of the time may lie apart without the clock having been set. */
const toleranceMs = 2;

/**
 * The time of day in nanoseconds, to a microsecond: `Date` counts whole milliseconds, and the finer
 * clock neither follows one that is set (by chrony after the boot, by a person) nor the time that a
 * machine spends suspended.
 */
export function timeOfDay(dateMs: () => number, monotonicMs: () => number): () => bigint {
  let offsetMs = dateMs() - monotonicMs();
  return () => {
    // The process may have to wait between any two of these.
    const [before, date, after] = [monotonicMs(), dateMs(), monotonicMs()];
    const isBehind = date > offsetMs + after + toleranceMs;
    const isAhead = date + 1 < offsetMs + before - toleranceMs;
    if (isBehind || isAhead) offsetMs = date - before;
    return BigInt(Math.round((offsetMs + after) * 1000)) * 1000n;
  };
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowNs: timeOfDay(Date.now, () => performance.now()),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const onAbort = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Resolves like `work`, or rejects with DeadlineExceeded naming `what` once `ms` have passed. The
 * work itself goes on: callers that can stop it pass a signal to it as well.
 */
export function withDeadline<T>(
  clock: Clock,
  ms: number,
  what: string,
  work: Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      reject(new FraktiError("DeadlineExceeded", `${what} took longer than ${ms} ms`));
    });
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error) => {
        cancel();
        reject(error);
      },
    );
  });
}
