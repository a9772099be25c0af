/** The end of an output without end. */

import { Buffer } from "node:buffer";

/** Keeps the last `capBytes` of what is pushed. */
export class Tail {
  #kept = Buffer.alloc(0);

  constructor(readonly capBytes: number) {}

  push(chunk: Uint8Array): void {
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-this.capBytes);
  }

  /** As text, without space around it. */
  text(): string {
    return this.#kept.toString("utf8").trim();
  }
}
