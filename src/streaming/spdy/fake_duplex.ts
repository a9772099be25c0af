/**
 * A byte duplex in memory for unit tests: what the peer sends is given to it, what it is written
 * is kept.
 */

import type { ByteDuplex, DuplexReader } from "../duplex.ts";

/** See the module comment. Its peer reads everything at once unless `isStalled`. */
export class FakeDuplex implements ByteDuplex {
  readonly written: Uint8Array[] = [];
  isPaused = false;
  hasEnded = false;
  isDestroyed = false;
  #isStalled = false;
  #reader: DuplexReader | undefined;
  #waiting: (() => void)[] = [];

  start(reader: DuplexReader): void {
    this.#reader = reader;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  write(...pieces: readonly Uint8Array[]): Promise<void> {
    if (this.isDestroyed) return Promise.reject(new Error("The duplex is closed"));
    this.written.push(...pieces);
    if (!this.#isStalled) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  end(): void {
    this.hasEnded = true;
  }

  destroy(): void {
    this.break(undefined);
  }

  /** Whether the peer leaves what it is sent unread. */
  set isStalled(isStalled: boolean) {
    this.#isStalled = isStalled;
    if (isStalled) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** The peer sends. */
  feed(...pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.#reader?.data(piece);
  }

  /** The peer ends its direction. */
  endPeer(): void {
    this.#reader?.end();
  }

  /** Both directions break off. */
  break(error: Error | undefined): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    this.#reader?.closed(error);
  }
}
