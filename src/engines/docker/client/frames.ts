/** Output of Docker on one connection, and its pieces joined for readers to whom each costs. */

import { joinBytes } from "../../../lib/bytes.ts";
import { type FramePiece, OutputFrames } from "../../common/output_frames.ts";

export type { FramePiece };

const streams = { 0: "stdin", 1: "stdout", 2: "stderr" } as const;

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
  const bytes = joinBytes(run.map((piece) => piece.bytes));
  // The chunk's memory is used again.
  return { stream: run[0]?.stream ?? "stdout", bytes: run.length === 1 ? bytes.slice() : bytes };
}

/** Takes Docker's frames apart as their bytes come, however they are cut. */
export class FrameReader extends OutputFrames<FramePiece["stream"]> {
  constructor() {
    super("Docker's stream", streams);
  }
}
