/**
 * A channel in memory, for tests: two ends, each with a buffer that makes the writer wait.
 */

import type { ByteChannel } from "./channel.ts";

class Pipe {
  #chunks: Uint8Array[] = [];
  #size = 0;
  #isClosed = false;
  #wakers: (() => void)[] = [];

  constructor(readonly capacity: number) {}

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        const count = Math.min(into.length, chunk.length);
        into.set(chunk.subarray(0, count));
        if (count < chunk.length) this.#chunks.unshift(chunk.subarray(count));
        this.#size -= count;
        this.#wakeAll();
        return count;
      }
      if (this.#isClosed) return null;
      await this.#change();
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (!this.#isClosed && this.#size >= this.capacity) await this.#change();
    if (this.#isClosed) throw new Deno.errors.BrokenPipe("The other end is closed");
    const part = bytes.slice(0, this.capacity - this.#size);
    this.#chunks.push(part);
    this.#size += part.length;
    this.#wakeAll();
    return part.length;
  }

  close(): void {
    this.#isClosed = true;
    this.#wakeAll();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wakers.push(resolve));
  }

  #wakeAll(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}

/** Two ends of one channel; each direction holds up to `capacity` bytes. */
export function memoryChannel(capacity = 64 * 1024): readonly [ByteChannel, ByteChannel] {
  const there = new Pipe(capacity);
  const back = new Pipe(capacity);
  const end = (input: Pipe, output: Pipe): ByteChannel => ({
    read: (into) => input.read(into),
    write: (bytes) => output.write(bytes),
    close() {
      input.close();
      output.close();
    },
  });
  return [end(back, there), end(there, back)];
}
