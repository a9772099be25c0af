/**
 * Mutual exclusion between asynchronous pieces of work: by key, and by count.
 */

/** Runs pieces of work with the same key one after another; different keys run freely. */
export class KeyedLock<Key extends string = string> {
  #tails = new Map<Key, Promise<unknown>>();

  /** Runs `work` once every earlier piece of work under `key` has ended, however it ended. */
  run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    const tail = result.then(() => {}, () => {});
    this.#tails.set(key, tail);
    tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return result;
  }

  /** How many keys have work running or waiting. */
  get size(): number {
    return this.#tails.size;
  }
}

/** At most `limit` pieces of work at once; the others wait in order. */
export class Semaphore {
  #free: number;
  #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
