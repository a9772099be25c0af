/** A connection that HTTP has handed over: raw bytes both ways with back-pressure and half-close. */

import { FraktiError } from "../../../lib/errors.ts";
import { writeAll } from "../../../lib/files.ts";
import { ReadBuffer } from "../../../lib/read_buffer.ts";
import type { HijackedStream } from "./call.ts";
import { connectionError } from "./errors.ts";

export class Hijacked implements HijackedStream {
  readonly output: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const ahead = this.#ahead;
        this.#ahead = undefined;
        return ahead ?? this.#next();
      },
    }),
  };
  #ahead: Promise<IteratorResult<Uint8Array, undefined>> | undefined;
  readonly #buffer = new ReadBuffer();
  #unread: Uint8Array | undefined;
  #hasEndedWriting = false;
  #isDestroyed = false;

  constructor(readonly action: string, readonly connection: Deno.Conn) {}

  /** What came with the header is the first of the output. */
  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#unread = bytes;
  }

  async arrived(): Promise<"output" | "end"> {
    this.#ahead ??= this.#next();
    const { done } = await this.#ahead.catch(() => end); // Told to the one who reads.
    return done ? "end" : "output";
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isDestroyed || this.#hasEndedWriting) throw this.#gone();
    try {
      // It resolves when the bytes are handed to the kernel: that is the back-pressure.
      await writeAll(this.connection, bytes);
    } catch (error) {
      throw this.#gone(error);
    }
  }

  async closeWrite(): Promise<void> {
    if (this.#isDestroyed || this.#hasEndedWriting) return;
    this.#hasEndedWriting = true;
    await this.connection.closeWrite().catch(() => {}); // It is closed: nobody reads any more.
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.connection.close();
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const unread = this.#unread;
    this.#unread = undefined;
    if (unread !== undefined) return { done: false, value: unread };
    try {
      const bytes = await this.#buffer.readFrom(this.connection);
      return bytes === undefined ? end : { done: false, value: bytes };
    } catch (error) {
      if (this.#isDestroyed) return end;
      throw connectionError(this.action, error);
    }
  }

  #gone(cause?: unknown): FraktiError {
    return new FraktiError("Unavailable", `${this.action}: the connection is closed`, {
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

const end = { done: true, value: undefined } as const;
