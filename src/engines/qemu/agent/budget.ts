/**
 * A budget that refills with time: how much of something a guest may send before it counts as a
 * flood. What it would do to one pod's memory is bounded elsewhere; this bounds the turns of
 * frakti's one thread that other pods need.
 */

import type { Clock } from "../../../lib/clock.ts";

export class Budget {
  #left: number;
  #atMs: number;

  /** `burst` at once, and `perSecond` again as time goes by. */
  constructor(
    readonly clock: Clock,
    readonly burst: number,
    readonly perSecond: number,
  ) {
    this.#left = burst;
    this.#atMs = clock.monotonicMs();
  }

  /** Takes `amount`; false when there is not as much left. */
  take(amount: number): boolean {
    const nowMs = this.clock.monotonicMs();
    const refill = (nowMs - this.#atMs) / 1000 * this.perSecond;
    this.#left = Math.min(this.burst, this.#left + refill);
    this.#atMs = nowMs;
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }
}
