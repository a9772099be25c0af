/**
 * Tells when nothing has happened for a while. Every frame touches it, so touching only takes the
 * time down; the timer looks at it when it fires.
 */

import type { Clock } from "../../lib/clock.ts";

/** Fires once; stop it when it is not needed any more. */
export class IdleTimer {
  #touchedMs: number;
  #cancel = () => {};

  constructor(
    readonly clock: Clock,
    readonly idleMs: number,
    readonly onIdle: () => void,
  ) {
    this.#touchedMs = clock.monotonicMs();
    this.#arm(idleMs);
  }

  /** Something has happened. */
  touch(): void {
    this.#touchedMs = this.clock.monotonicMs();
  }

  /** Idempotent. */
  stop(): void {
    this.#cancel();
  }

  #arm(ms: number): void {
    this.#cancel = this.clock.after(ms, () => {
      const leftMs = this.#touchedMs + this.idleMs - this.clock.monotonicMs();
      if (leftMs > 0) this.#arm(leftMs);
      else this.onIdle();
    });
  }
}
