/**
 * Who waits for the end of which process.
 */

import type { ExitWatch } from "./agent.ts";
import type { ProcessEnding } from "./events.ts";

interface Waiter {
  readonly resolve: (ending: ProcessEnding) => void;
  readonly reject: (error: unknown) => void;
}

export class ExitWatches {
  readonly #waiters = new Map<string, Set<Waiter>>();

  /** `failure`: why there is nothing to wait for any more. */
  watch(processId: string, failure: unknown): ExitWatch {
    let cancel = () => {};
    const ending = new Promise<ProcessEnding>((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      const waiter: Waiter = { resolve, reject };
      const waiters = this.#waiters.get(processId) ?? new Set();
      waiters.add(waiter);
      this.#waiters.set(processId, waiters);
      cancel = () => {
        waiters.delete(waiter);
        if (waiters.size === 0) this.#waiters.delete(processId);
      };
    });
    ending.catch(() => {}); // Nobody may be looking when the connection is lost.
    return { ending, cancel: () => cancel() };
  }

  tell(processId: string, ending: ProcessEnding): void {
    const waiters = this.#waiters.get(processId);
    this.#waiters.delete(processId);
    for (const waiter of waiters ?? []) waiter.resolve(ending);
  }

  fail(error: unknown): void {
    for (const waiters of this.#waiters.values()) {
      for (const waiter of waiters) waiter.reject(error);
    }
    this.#waiters.clear();
  }
}
