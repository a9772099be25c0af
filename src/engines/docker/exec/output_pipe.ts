/**
 * One output of an exec as a web stream: whoever writes waits until the reader has room.
 */

const highWaterBytes = 64 * 1024; // One pipe's worth.

export class OutputPipe {
  readonly readable: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #wake: (() => void) | undefined;
  #ended = false;

  constructor() {
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#wakeWriter(),
      // Nobody reads any more: what comes is dropped, so that the process does not hang on it.
      cancel: () => this.#end(),
    }, new ByteLengthQueuingStrategy({ highWaterMark: highWaterBytes }));
  }

  /** Hands bytes over and resolves when there is room for more. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#ended || bytes.length === 0) return;
    this.#controller?.enqueue(bytes);
    while (!this.#ended && (this.#controller?.desiredSize ?? 0) <= 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** The end: what was written can still be read. */
  close(): void {
    if (this.#ended) return;
    this.#controller?.close();
    this.#end();
  }

  /** The end by a failure. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#controller?.error(error);
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#wakeWriter();
  }

  #wakeWriter(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
