/**
 * What a peer has sent on one stream and nobody has read yet. It never refuses bytes: the
 * connection asks `isFull` and stops reading from its socket, as the protocol that is spoken here
 * has no windows of its own.
 */

import { type SpareBuffers, WaitingBytes } from "./waiting_bytes.ts";

/** Over this a stream's peer is slowed down, and with it the whole connection. */
const maxBufferedBytes = 256 * 1024;

/**
 * Down to this it is let go on: two buffers. Stopping and going on at one and the same mark, by every
 * piece that is read, was a tenth of frakti's processor time in a fast upload.
 */
const lowBufferedBytes = 160 * 1024;

/** Told of what changes. */
export interface ReceiveWatcher {
  /** `bufferedBytes` and `isFull` may have changed. */
  buffered(): void;
  /** That many bytes were read, or thrown away. */
  consumed(sizeBytes: number): void;
}

/** One direction of a stream, on its way in. */
export class ReceiveQueue {
  /**
   * Ends after `finish`, errors after `fail`. Cancelling it discards what comes. A piece is its
   * reader's until the next one is asked for: its buffer is used again then.
   */
  readonly readable: ReadableStream<Uint8Array>;
  readonly #watcher: ReceiveWatcher;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  readonly #waiting: WaitingBytes;
  #state: "open" | "finished" | "discarding" | "over" = "open";
  /** Set while a reader waits. */
  #wake: (() => void) | undefined;
  #isDeferred = false;

  constructor(watcher: ReceiveWatcher, spares: SpareBuffers) {
    this.#watcher = watcher;
    this.#waiting = new WaitingBytes(spares);
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#pull(),
      cancel: () => this.discard(),
    }, { highWaterMark: 0 });
  }

  /** What waits to be read, with what keeping it costs. */
  get bufferedBytes(): number {
    return this.#waiting.costBytes;
  }

  get isFull(): boolean {
    return this.bufferedBytes >= maxBufferedBytes;
  }

  /** There is room again for a peer that was slowed down. */
  get isLow(): boolean {
    return this.bufferedBytes <= lowBufferedBytes;
  }

  /** Takes a copy. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#state === "finished" || this.#state === "over") return;
    if (this.#state === "discarding") {
      this.#watcher.consumed(bytes.length);
      return;
    }
    this.#waiting.append(bytes);
    this.#watcher.buffered();
    if (this.#wake !== undefined) this.#deliverSoon();
  }

  /** The peer sends no more; what waits can still be read. */
  finish(): void {
    if (this.#state === "discarding") this.#state = "over";
    if (this.#state !== "open") return;
    this.#state = "finished";
    if (this.#waiting.sizeBytes === 0) this.#closeReadable();
  }

  /** The stream broke: what waits is lost. */
  fail(error: Error): void {
    if (this.#wake !== undefined) this.#deliver(); // It waits for the rest of a packet only.
    if (this.#state === "open" || this.#state === "finished") {
      this.#state = "over";
      this.#controller.error(error);
      this.#wakeUp();
    }
    this.#state = "over";
    this.#drop();
  }

  /** Nobody wants what waits and what comes. */
  discard(): void {
    if (this.#state === "open") this.#state = "discarding";
    if (this.#state === "finished") this.#state = "over";
    this.#wakeUp();
    this.#drop();
  }

  #pull(): Promise<void> | undefined {
    if (this.#waiting.sizeBytes === 0) {
      this.#waiting.giveBack(); // The reader has asked for the next one.
      return new Promise((resolve) => this.#wake = resolve);
    }
    this.#deliver();
    return undefined;
  }

  /** When all that the present packet brings is there: it may hold several frames. */
  #deliverSoon(): void {
    if (this.#isDeferred) return;
    this.#isDeferred = true;
    queueMicrotask(() => {
      this.#isDeferred = false;
      if (this.#wake !== undefined) this.#deliver();
    });
  }

  #deliver(): void {
    const bytes = this.#waiting.take();
    if (bytes === undefined) return;
    this.#controller.enqueue(bytes);
    this.#watcher.buffered();
    this.#watcher.consumed(bytes.length);
    if (this.#waiting.sizeBytes === 0 && this.#state === "finished") this.#closeReadable();
    this.#wakeUp();
  }

  #closeReadable(): void {
    this.#state = "over";
    this.#controller.close();
    this.#wakeUp();
  }

  #drop(): void {
    const { sizeBytes } = this.#waiting;
    this.#waiting.clear();
    if (sizeBytes === 0) return;
    this.#watcher.buffered();
    this.#watcher.consumed(sizeBytes);
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
