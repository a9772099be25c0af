/**
 * Docker's framing of stdout and stderr on one connection (containers and execs without a TTY), which
 * hyperd took over: one byte of stream number, three of nothing, four of length in network order,
 * then that many bytes. Lengths are not to be believed: nothing is kept but the header, content
 * passes through in the pieces in which it comes.
 */

import { internal } from "../../lib/errors.ts";

export type FramedStream = "stdin" | "stdout" | "stderr";

/** A piece of one stream; a frame may come in several. */
export interface FramePiece<S extends FramedStream = FramedStream> {
  readonly stream: S;
  readonly bytes: Uint8Array;
}

const headerBytes = 8;
const lengthOffset = 4;

/** Takes frames apart as their bytes come, however they are cut. */
export class OutputFrames<S extends FramedStream> {
  readonly #header = new Uint8Array(headerBytes);
  #headerFill = 0;
  #stream: S | undefined;
  #left = 0;

  /** @param what for errors, e.g. "Docker's stream". @param streams by their number in a frame. */
  constructor(readonly what: string, readonly streams: Readonly<Partial<Record<number, S>>>) {}

  /**
   * The pieces in `chunk`, which they share memory with.
   * @throws FraktiError Internal when the bytes are no frames: the stream cannot be trusted then.
   */
  push(chunk: Uint8Array): readonly FramePiece<S>[] {
    const pieces: FramePiece<S>[] = [];
    for (let at = 0; at < chunk.length;) {
      if (this.#left > 0 && this.#stream !== undefined) {
        const bytes = chunk.subarray(at, at + this.#left);
        pieces.push({ stream: this.#stream, bytes });
        this.#left -= bytes.length;
        at += bytes.length;
        continue;
      }
      const part = chunk.subarray(at, at + headerBytes - this.#headerFill);
      this.#header.set(part, this.#headerFill);
      this.#headerFill += part.length;
      at += part.length;
      if (this.#headerFill === headerBytes) this.#begin();
    }
    return pieces;
  }

  /** True between two frames: where a stream may end. */
  get isAtBoundary(): boolean {
    return this.#left === 0 && this.#headerFill === 0;
  }

  #begin(): void {
    const [number = -1, ...padding] = this.#header.subarray(0, lengthOffset);
    const stream = this.streams[number];
    if (stream === undefined || padding.some((byte) => byte !== 0)) {
      throw internal(`${this.what} holds a frame of unknown stream ${number}`);
    }
    this.#stream = stream;
    this.#left = new DataView(this.#header.buffer).getUint32(lengthOffset);
    this.#headerFill = 0;
  }
}
