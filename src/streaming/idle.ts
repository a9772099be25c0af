/**
 * Notices that nothing has happened for a while. Being told of every message costs it no timer.
 */

import type { Clock } from "../lib/clock.ts";

/** Calls back once, when nobody has called `touch` for `idleMs`. */
export class IdleWatch {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #onIdle: () => void;
  #lastMs: number;
  #cancel: () => void;

  constructor(clock: Clock, idleMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#onIdle = onIdle;
    this.#lastMs = clock.monotonicMs();
    this.#cancel = clock.after(idleMs, () => this.#check());
  }

  /** Something has happened. */
  touch(): void {
    this.#lastMs = this.#clock.monotonicMs();
  }

  /** Watches no more. Idempotent. */
  stop(): void {
    this.#cancel();
  }

  #check(): void {
    const leftMs = this.#lastMs + this.#idleMs - this.#clock.monotonicMs();
    if (leftMs <= 0) this.#onIdle();
    else this.#cancel = this.#clock.after(leftMs, () => this.#check());
  }
}
