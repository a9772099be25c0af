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

/** The machine's clock. */
export const systemClock: Clock = {
  nowNs: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n,
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
