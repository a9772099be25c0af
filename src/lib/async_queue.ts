/**
 * A bounded queue between a producer that must not wait and a consumer that may be slow.
 */

/** Values in order; when `capacity` is exceeded the queue overflows and ends for its reader. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  #values: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #overflowed = false;

  constructor(readonly capacity: number) {}

  /** Adds a value; false when the queue is closed or has just overflowed. */
  push(value: T): boolean {
    if (this.#ended) return false;
    if (this.#values.length >= this.capacity) {
      this.#overflowed = true;
      this.close();
      return false;
    }
    this.#values.push(value);
    this.#wake?.();
    return true;
  }

  /** No more values; what is queued can still be read. */
  close(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** True once a value found no room. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const value = this.#values.shift();
      if (value !== undefined) {
        yield value;
        continue;
      }
      if (this.#ended) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
  }
}
