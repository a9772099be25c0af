/**
 * One piece of work that several callers wait for: it runs once per key however many ask, each may
 * go away, and it is stopped when nobody waits for it any more. Image stores pull this way.
 */

import { FraktiError } from "../lib/errors.ts";

interface Shared<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

/** Work under way, by key. */
export class SharedWork<T> {
  readonly #underWay = new Map<string, Shared<T>>();

  /** How many keys have work under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /**
   * The result of the work under `key`, which is begun when nobody has begun it.
   * @param what named in the error when `signal` is aborted: "Cannot pull image …".
   * @throws FraktiError Cancelled when `signal` is aborted; the work goes on for others.
   */
  async join(
    key: string,
    what: string,
    signal: AbortSignal,
    begin: (stop: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const shared = this.#underWay.get(key) ?? this.#begin(key, begin);
    shared.waiting++;
    try {
      return await untilAborted(shared.result, signal, what);
    } finally {
      shared.waiting--;
      if (shared.waiting === 0) {
        shared.stop.abort();
        // Who asks again after this starts anew rather than joining what is being stopped.
        if (this.#underWay.get(key) === shared) this.#underWay.delete(key);
      }
    }
  }

  #begin(key: string, begin: (stop: AbortSignal) => Promise<T>): Shared<T> {
    const stop = new AbortController();
    const shared = { stop, waiting: 0, result: begin(stop.signal) };
    this.#underWay.set(key, shared);
    return shared;
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new FraktiError("Cancelled", `${what}: the caller went away`));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
