/**
 * Takes Docker's multiplexed output apart: frames of an 8-byte header (stream, three zero bytes,
 * length as 32-bit big endian) and a payload. Used for containers without a terminal; what comes
 * in is bounded by a cap per frame, and chunks may end anywhere.
 */

import { Buffer } from "node:buffer";
import { internal } from "../../../lib/errors.ts";

/** Which stream a frame belongs to; "error" carries a message of Docker's own (type 3). */
export type FrameStream = "stdin" | "stdout" | "stderr" | "error";

/** One frame. */
export interface Frame {
  readonly stream: FrameStream;
  /** Shares memory with the chunk it came in: use it before the next. */
  readonly payload: Uint8Array;
}

const headerBytes = 8;

/**
 * A message is at most 16 KiB, three times that where `json-file` replaced each byte, and its
 * time. Everything beyond this is no log.
 */
const defaultMaxFrameBytes = 1024 * 1024;

const streams: readonly FrameStream[] = ["stdin", "stdout", "stderr", "error"];

/** Finds the frames in chunks of a stream. */
export class FrameDemuxer {
  readonly #maxFrameBytes: number;
  /** The beginning of a frame that is not complete, and how much of it there is. */
  #pending = Buffer.alloc(0);
  #pendingBytes = 0;

  constructor(maxFrameBytes = defaultMaxFrameBytes) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Whether the stream stopped inside a frame. */
  get isInsideFrame(): boolean {
    return this.#pendingBytes > 0;
  }

  /**
   * Calls `visit` for each frame that is complete with this chunk, in order.
   * @throws FraktiError Internal when the bytes are no frames or a frame is over the cap.
   */
  push(chunk: Uint8Array, visit: (frame: Frame) => void): void {
    let at = this.#pendingBytes === 0 ? 0 : this.#complete(chunk, visit);
    for (;;) {
      const size = this.#frameBytes(chunk, at, chunk.length);
      if (size === undefined || chunk.length - at < size) break;
      visit(frameAt(chunk, at, size));
      at += size;
    }
    if (this.#pendingBytes === 0 && at < chunk.length) this.#keep(chunk.subarray(at));
  }

  /** Adds to the pending frame what it lacks; how much of the chunk that took. */
  #complete(chunk: Uint8Array, visit: (frame: Frame) => void): number {
    let at = 0;
    if (this.#pendingBytes < headerBytes) {
      at = Math.min(chunk.length, headerBytes - this.#pendingBytes);
      this.#keep(chunk.subarray(0, at));
    }
    const size = this.#frameBytes(this.#pending, 0, this.#pendingBytes);
    if (size === undefined) return at;
    const taken = Math.min(chunk.length - at, size - this.#pendingBytes);
    this.#keep(chunk.subarray(at, at + taken));
    at += taken;
    if (this.#pendingBytes === size) {
      const whole = this.#pending;
      this.#pending = Buffer.alloc(0);
      this.#pendingBytes = 0;
      visit(frameAt(whole, 0, size));
    }
    return at;
  }

  #keep(bytes: Uint8Array): void {
    const needed = this.#pendingBytes + bytes.length;
    if (this.#pending.length < needed) {
      const size = this.#frameBytes(this.#pending, 0, this.#pendingBytes) ?? headerBytes;
      const grown = Buffer.alloc(Math.max(needed, Math.min(size, 2 * needed)));
      grown.set(this.#pending.subarray(0, this.#pendingBytes));
      this.#pending = grown;
    }
    this.#pending.set(bytes, this.#pendingBytes);
    this.#pendingBytes = needed;
  }

  /** Header and payload of the frame at `start`; undefined when its header is not there yet. */
  #frameBytes(bytes: Uint8Array, start: number, end: number): number | undefined {
    if (end - start < headerBytes) return undefined;
    const type = bytes[start] ?? 0;
    const padding = (bytes[start + 1] ?? 0) | (bytes[start + 2] ?? 0) | (bytes[start + 3] ?? 0);
    if (type >= streams.length || padding !== 0) {
      throw internal("Docker's output is not in frames");
    }
    const length = uint32(bytes, start + 4);
    if (length > this.#maxFrameBytes) {
      throw internal(`Docker sent a frame of ${length} bytes, over ${this.#maxFrameBytes}`);
    }
    return headerBytes + length;
  }
}

function frameAt(bytes: Uint8Array, start: number, size: number): Frame {
  return {
    stream: streams[bytes[start] ?? 0] ?? "error",
    payload: bytes.subarray(start + headerBytes, start + size),
  };
}

function uint32(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>> 0;
}
