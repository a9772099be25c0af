/**
 * A clock for unit tests: time stands still until `advance` moves it.
 */

import type { Clock } from "./clock.ts";

/** A {@linkcode Clock} whose time only moves when told to. */
export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #startNs: bigint;
  #timers: { atMs: number; action: () => void }[] = [];

  constructor(startNs: bigint = 1_700_000_000_000_000_000n) {
    this.#startNs = startNs;
  }

  nowNs(): bigint {
    return this.#startNs + BigInt(this.#nowMs) * 1_000_000n;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const cancel = this.after(ms, resolve);
      signal?.addEventListener("abort", () => {
        cancel();
        resolve();
      }, { once: true });
    });
  }

  after(ms: number, action: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How many timers are armed. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Moves time forward, firing timers in order and letting promise callbacks run in between. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter((timer) => timer.atMs <= untilMs)
        .sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#nowMs = due.atMs;
      due.action();
      await settle();
    }
    this.#nowMs = untilMs;
  }
}

const settleTurns = 10; // Enough microtask turns for the promise chains that tests drive.

async function settle(): Promise<void> {
  for (let turn = 0; turn < settleTurns; turn++) await Promise.resolve();
}
