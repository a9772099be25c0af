/**
 * The framing of stdout and stderr on one stream, as hyperd took it from Docker: one byte of stream
 * number, three of nothing, four of length in network order, then that many bytes. hyperd cuts the
 * frames into messages of 32 bytes (exec) or 512 (attach), anywhere. Lengths are not to be believed:
 * nothing is kept but the header, content passes through in the pieces in which it comes.
 */

import { internal } from "../../../lib/errors.ts";

/** A piece of one stream; a frame may come in several. */
export interface FramePiece {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

const headerBytes = 8;

/** Takes frames apart as their bytes come, however they are cut. */
export class FrameReader {
  readonly #header = new Uint8Array(headerBytes);
  #headerFill = 0;
  #stream: FramePiece["stream"] = "stdout";
  #left = 0;

  /**
   * The pieces in `chunk`, which they share memory with.
   * @throws FraktiError Internal when the bytes are no frames: the stream cannot be trusted then.
   */
  push(chunk: Uint8Array): readonly FramePiece[] {
    const pieces: FramePiece[] = [];
    for (let at = 0; at < chunk.length;) {
      if (this.#left > 0) {
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
    const [number, ...padding] = this.#header.subarray(0, 4);
    if ((number !== 1 && number !== 2) || padding.some((byte) => byte !== 0)) {
      throw internal(`hyperd's output holds a frame of unknown stream ${number}`);
    }
    this.#stream = number === 1 ? "stdout" : "stderr";
    this.#left = new DataView(this.#header.buffer).getUint32(4);
    this.#headerFill = 0;
  }
}
