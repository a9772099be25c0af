/**
 * What a peer has sent on one stream and nobody has read yet. It never refuses bytes: the
 * connection asks `isFull` and stops reading from its socket, as the protocol that is spoken here
 * has no windows of its own.
 */

/** Over this a stream's peer is slowed down, and with it the whole connection. */
const maxBufferedBytes = 256 * 1024;

/** What a piece costs beside its bytes. */
const pieceOverheadBytes = 128;

/**
 * Smaller pieces are copied when they have to wait: they would keep the whole buffer alive of
 * which they are a part.
 */
const minSharedBytes = 8 * 1024;

/** Told of what changes. */
export interface ReceiveWatcher {
  /** `bufferedBytes` and `isFull` may have changed. */
  buffered(): void;
  /** That many bytes were read, or thrown away. */
  consumed(sizeBytes: number): void;
}

/** One direction of a stream, on its way in. */
export class ReceiveQueue {
  /** Ends after `finish`, errors after `fail`. Cancelling it discards what comes. */
  readonly readable: ReadableStream<Uint8Array>;
  readonly #watcher: ReceiveWatcher;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #pieces: Uint8Array[] = [];
  #bufferedBytes = 0;
  #state: "open" | "finished" | "discarding" | "over" = "open";
  /** Set while a reader waits. */
  #wake: (() => void) | undefined;

  constructor(watcher: ReceiveWatcher) {
    this.#watcher = watcher;
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
    return this.#bufferedBytes;
  }

  get isFull(): boolean {
    return this.#bufferedBytes >= maxBufferedBytes;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#state === "finished" || this.#state === "over") return;
    if (this.#state === "discarding") {
      this.#watcher.consumed(bytes.length);
      return;
    }
    if (this.#wake !== undefined) {
      this.#controller.enqueue(bytes);
      this.#watcher.consumed(bytes.length);
      this.#wakeUp();
      return;
    }
    const piece = bytes.length < minSharedBytes ? new Uint8Array(bytes) : bytes;
    this.#pieces.push(piece);
    this.#bufferedBytes += piece.length + pieceOverheadBytes;
    this.#watcher.buffered();
  }

  /** The peer sends no more; what waits can still be read. */
  finish(): void {
    if (this.#state === "discarding") this.#state = "over";
    if (this.#state !== "open") return;
    this.#state = "finished";
    if (this.#pieces.length === 0) this.#closeReadable();
  }

  /** The stream broke: what waits is lost. */
  fail(error: Error): void {
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
    const piece = this.#pieces.shift();
    if (piece === undefined) return new Promise((resolve) => this.#wake = resolve);
    this.#bufferedBytes -= piece.length + pieceOverheadBytes;
    this.#controller.enqueue(piece);
    this.#watcher.buffered();
    this.#watcher.consumed(piece.length);
    if (this.#pieces.length === 0 && this.#state === "finished") this.#closeReadable();
    return undefined;
  }

  #closeReadable(): void {
    this.#state = "over";
    this.#controller.close();
    this.#wakeUp();
  }

  #drop(): void {
    const sizeBytes = this.#pieces.reduce((size, { length }) => size + length, 0);
    this.#pieces = [];
    this.#bufferedBytes = 0;
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
