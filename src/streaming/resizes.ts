/**
 * Sizes of a client's terminal. Taking one in never waits and keeps the newest only, so a client
 * that sends sizes which nobody reads costs nothing (CVE-2022-23471).
 */

import type { TerminalSize } from "./channels.ts";

/** Filled by a transport, iterated by at most one session. */
export class Resizes implements AsyncIterable<TerminalSize> {
  #newest: TerminalSize | undefined;
  #isClosed = false;
  #wake: (() => void) | undefined;

  /** A new size replaces one that was not read yet. */
  push(size: TerminalSize): void {
    if (this.#isClosed) return;
    this.#newest = size;
    this.#wake?.();
  }

  /** No more sizes; one that was not read yet can still be. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TerminalSize> {
    for (;;) {
      const size = this.#newest;
      if (size !== undefined) {
        this.#newest = undefined;
        yield size;
        continue;
      }
      if (this.#isClosed) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
  }
}
