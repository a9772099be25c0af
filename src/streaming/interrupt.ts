/**
 * What may end a wait from outside: the client that vanishes, the server that closes, a time-out.
 */

import type { Clock } from "../lib/clock.ts";
import { FraktiError } from "../lib/errors.ts";

/** What a session is ended with when the server closes. */
export function shuttingDown(): FraktiError {
  return new FraktiError("Cancelled", "frakti is shutting down");
}

/**
 * A promise that can only reject, at the first of several causes. Release it when the wait is over:
 * signals that live long would keep what hangs on them.
 */
export class Interrupt {
  readonly reached: Promise<never>;
  readonly #releases: (() => void)[] = [];
  readonly #reject: (error: unknown) => void;
  #isReached = false;

  constructor() {
    const { promise, reject } = Promise.withResolvers<never>();
    this.reached = promise;
    this.#reject = (error) => {
      this.#isReached = true;
      reject(error);
    };
    promise.catch(() => {}); // Reaching it while nobody waits is no failure of its own.
  }

  get isReached(): boolean {
    return this.#isReached;
  }

  /** Rejects when `signal` is aborted, with its reason or `makeReason`. */
  on(signal: AbortSignal, makeReason?: () => Error): this {
    const onAbort = () => this.#reject(makeReason?.() ?? signal.reason);
    if (signal.aborted) onAbort();
    else {
      signal.addEventListener("abort", onAbort, { once: true });
      this.#releases.push(() => signal.removeEventListener("abort", onAbort));
    }
    return this;
  }

  /** Rejects after `ms`. */
  after(clock: Clock, ms: number, makeReason: () => Error): this {
    this.#releases.push(clock.after(ms, () => this.#reject(makeReason())));
    return this;
  }

  /** It will not reject any more. Idempotent. */
  release(): void {
    for (const release of this.#releases.splice(0)) release();
  }
}
