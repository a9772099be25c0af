/**
 * One output of a process as a web stream: whoever writes waits until the reader has room. Behind
 * the streams of exec and attach in every engine.
 */

import type { Clock } from "./clock.ts";
import { FraktiError } from "./errors.ts";

const highWaterBytes = 64 * 1024; // One pipe's worth.

/** How long a reader may take nothing while output waits for it. */
export interface StallLimit {
  readonly clock: Clock;
  readonly ms: number;
}

export class OutputPipe {
  readonly readable: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #wake: (() => void) | undefined;
  #ended = false;

  /** Without `stall` a reader may take as long as it likes. */
  constructor(readonly stall?: StallLimit) {
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#wakeWriter(),
      // Nobody reads any more: what comes is dropped, so that the process does not hang on it.
      cancel: () => this.#end(),
    }, new ByteLengthQueuingStrategy({ highWaterMark: highWaterBytes }));
  }

  /**
   * Hands bytes over and resolves when there is room for more.
   * @throws FraktiError ResourceExhausted when the reader takes nothing for too long.
   */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#ended || bytes.length === 0) return;
    this.#controller?.enqueue(bytes);
    while (!this.#ended && (this.#controller?.desiredSize ?? 0) <= 0) await this.#room();
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

  /** Resolves at the reader's next move, or at the end. */
  #room(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { clock, ms } = this.stall ?? {};
      const cancel = ms === undefined ? undefined : clock?.after(ms, () => {
        this.#wake = undefined;
        reject(new FraktiError("ResourceExhausted", `Nothing was read for ${ms} ms`));
      });
      this.#wake = () => {
        cancel?.();
        resolve();
      };
    });
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
