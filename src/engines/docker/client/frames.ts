/**
 * Docker's framing of stdout and stderr on one connection (containers and execs without a TTY):
 * one byte of stream number, three of nothing, four of length in network order, then that many
 * bytes. Lengths are not to be believed: nothing is kept but the header, content passes through in
 * the pieces in which it comes.
 */

import { internal } from "../../../lib/errors.ts";

/** A piece of one stream; a frame may come in several. */
export interface FramePiece {
  readonly stream: "stdin" | "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

const headerBytes = 8;
const streams = ["stdin", "stdout", "stderr"] as const;

/**
 * The same pieces with neighbours of one stream made one, in memory of their own: writers of small
 * pieces fill a chunk with a frame for each, and every piece costs its reader a wake-up.
 */
export function joinPieces(pieces: readonly FramePiece[]): readonly FramePiece[] {
  const runs: FramePiece[][] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    if (last?.[0]?.stream === piece.stream) last.push(piece);
    else runs.push([piece]);
  }
  return runs.map(joinRun);
}

function joinRun(run: readonly FramePiece[]): FramePiece {
  const bytes = new Uint8Array(run.reduce((size, piece) => size + piece.bytes.length, 0));
  let at = 0;
  for (const piece of run) {
    bytes.set(piece.bytes, at);
    at += piece.bytes.length;
  }
  return { stream: run[0]?.stream ?? "stdout", bytes };
}

/** Takes frames apart as their bytes come, however they are cut. */
export class FrameReader {
  #header = new Uint8Array(headerBytes);
  #headerFill = 0;
  #stream: FramePiece["stream"] = "stdout";
  #left = 0;

  /**
   * The pieces in `chunk`, which they share memory with.
   * @throws FraktiError Internal when the bytes are no frames: the stream cannot be trusted then.
   */
  push(chunk: Uint8Array): readonly FramePiece[] {
    const pieces: FramePiece[] = [];
    let at = 0;
    while (at < chunk.length) {
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
    const number = this.#header[0] ?? streams.length;
    const stream = streams[number];
    if (stream === undefined || this.#header[1] !== 0 || this.#header[2] !== 0) {
      throw internal(`Docker's stream holds a frame of unknown stream ${number}`);
    }
    this.#stream = stream;
    this.#left = new DataView(this.#header.buffer).getUint32(4);
    this.#headerFill = 0;
  }
}
