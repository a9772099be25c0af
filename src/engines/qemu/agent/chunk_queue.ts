/**
 * Chunks that came and were not taken yet. Their bytes are bounded by the stream's window, their
 * number here: chunks of a byte each would cost a hundred times their size.
 */

import { violation } from "./protocol.ts";
import type { DataBody } from "./stream_frames.ts";

/** What the protocol lets a guest hold of a container's stream. */
export const maxKeptChunks = 1024;

/** Beyond this many, chunks that need not stay apart are put together. */
const joinAbove = 64;
const joinBytes = 64 * 1024;

interface Entry {
  readonly offset: number;
  readonly timeNs: bigint;
  /** Longer than `length` where more may be joined. */
  readonly buffer: Uint8Array;
  length: number;
}

export class ChunkQueue {
  #entries: Entry[] = [];

  /** `keepsCuts`: each chunk stays as it came, which a log's resuming rests on. */
  constructor(readonly keepsCuts: boolean) {}

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** @throws FraktiError Internal when there are more chunks than a guest may send. */
  push(chunk: DataBody): void {
    const { offset, timeNs, bytes } = chunk;
    if (this.keepsCuts || this.#entries.length < joinAbove) {
      if (this.#entries.length >= maxKeptChunks) {
        throw violation(`sent more than ${maxKeptChunks} chunks of a stream at once`);
      }
      this.#entries.push({ offset, timeNs, buffer: bytes, length: bytes.length });
      return;
    }
    const last = this.#entries.at(-1);
    if (last !== undefined && last.buffer.length - last.length >= bytes.length) {
      last.buffer.set(bytes, last.length);
      last.length += bytes.length;
      return;
    }
    const buffer = new Uint8Array(Math.max(joinBytes, bytes.length));
    buffer.set(bytes);
    this.#entries.push({ offset, timeNs, buffer, length: bytes.length });
  }

  shift(): DataBody | undefined {
    const entry = this.#entries.shift();
    if (entry === undefined) return undefined;
    const { offset, timeNs, buffer, length } = entry;
    return { offset, timeNs, bytes: buffer.subarray(0, length) };
  }

  clear(): void {
    this.#entries = [];
  }
}
