/**
 * What a command wrote, as far as it is kept. A command that writes more than that is still read
 * to the end: it must not block, and its exit code counts.
 */

import { maxMessageBytes } from "./limits.ts";

/** Field tags, lengths and the exit code of an ExecSyncResponse. */
const replyOverheadBytes = 64;

/** What both streams of one reply may hold together. */
export const maxReplyOutputBytes = maxMessageBytes - replyOverheadBytes;

/** What a stream's buffer begins with; it doubles as output comes. */
const initialBytes = 16 * 1024;

/**
 * Reads a stream to its end and keeps the first part, in one buffer: a command that writes single
 * bytes must not cost an object for each.
 */
export class CappedOutput {
  /** Resolves at the end of the stream; rejects when reading fails. */
  readonly ended: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #buffer = new Uint8Array(initialBytes);
  #size = 0;

  constructor(stream: ReadableStream<Uint8Array>, readonly capBytes = maxReplyOutputBytes) {
    this.#reader = stream.getReader();
    this.ended = this.#read();
    this.ended.catch(() => {}); // Whoever waits for it sees the failure.
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      const kept = value.subarray(0, this.capBytes - this.#size);
      this.#reserve(this.#size + kept.length);
      this.#buffer.set(kept, this.#size);
      this.#size += kept.length;
    }
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    const larger = new Uint8Array(
      Math.max(bytes, Math.min(2 * this.#buffer.length, this.capBytes)),
    );
    larger.set(this.#buffer.subarray(0, this.#size));
    this.#buffer = larger;
  }

  /** What was kept so far. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }

  /** Reads no further. */
  stop(): void {
    this.#reader.cancel().catch(() => {}); // A stream that has failed cannot be cancelled either.
  }
}

/**
 * Both outputs, cut so that one reply can carry them: half of the room each, and whatever the
 * other one leaves over.
 */
export function fitTogether(
  stdout: Uint8Array,
  stderr: Uint8Array,
  roomBytes = maxReplyOutputBytes,
): { stdout: Uint8Array; stderr: Uint8Array } {
  const half = Math.floor(roomBytes / 2);
  return {
    stdout: stdout.subarray(0, Math.max(half, roomBytes - stderr.length)),
    stderr: stderr.subarray(0, Math.max(half, roomBytes - stdout.length)),
  };
}
