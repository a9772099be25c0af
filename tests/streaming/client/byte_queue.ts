/**
 * Bytes on their way from a connection to whoever reads them. A reader that is slow holds up the
 * connection once the queue is full, as with every real client.
 */

import { concat, toText } from "./bytes.ts";
import { within } from "./within.ts";

const defaultMaxBytes = 1024 * 1024;
const maxWaitMs = 120_000; // Far more than any test makes a server wait.

/** One direction of one stream. */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #end: { readonly error?: Error } | undefined;
  #wake = () => {};
  #resume = () => {};

  constructor(readonly maxBytes = defaultMaxBytes) {}

  /** Takes bytes in; resolves when there is room for more. */
  push(chunk: Uint8Array): Promise<void> | void {
    if (chunk.length === 0 || this.#end !== undefined) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#wake();
    if (this.#bytes < this.maxBytes) return;
    return new Promise((resolve) => this.#resume = resolve);
  }

  /** Nothing comes any more; with an error, reading fails after what has arrived. */
  end(error?: Error): void {
    this.#end ??= error === undefined ? {} : { error };
    this.#wake();
    this.#resume();
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Bytes that have arrived and not been read. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  /** The next bytes; undefined at the end. One reader at a time. */
  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#bytes -= chunk.length;
        if (this.#bytes < this.maxBytes) this.#resume();
        return chunk;
      }
      if (this.#end?.error !== undefined) throw this.#end.error;
      if (this.#end !== undefined) return undefined;
      await within(maxWaitMs, "bytes", new Promise<void>((resolve) => this.#wake = resolve));
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = await this.read();
      if (chunk === undefined) return;
      yield chunk;
    }
  }

  /** Everything up to the end. */
  async all(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this) chunks.push(chunk);
    return concat(chunks);
  }

  /** Everything up to the end, as text. */
  async text(): Promise<string> {
    return toText(await this.all());
  }

  /** Reads until what was read so far, as text, satisfies `isEnough`; that text. */
  async textUntil(isEnough: (text: string) => boolean): Promise<string> {
    let text = "";
    while (!isEnough(text)) {
      const chunk = await this.read();
      if (chunk === undefined) throw new Error(`Ended after ${JSON.stringify(text)}`);
      text += toText(chunk);
    }
    return text;
  }
}
