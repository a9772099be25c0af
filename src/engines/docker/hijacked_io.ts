/**
 * The two directions of a connection that Docker has handed over (exec, attach) as web streams:
 * output apart by stream, input with its half-close.
 */

import type { OutputPipe } from "../../lib/output_pipe.ts";
import { FrameReader, type HijackedStream, joinPieces } from "./client/mod.ts";

/** Where output goes. */
export interface Outputs {
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
}

/**
 * Moves output until the connection ends; closes both pipes then, and waits for their readers
 * meanwhile. With a terminal the bytes are plain, else they come in frames.
 * @throws whatever broke; the pipes are left open for the caller to fail.
 */
export async function moveOutput(
  output: HijackedStream["output"],
  tty: boolean,
  { stdout, stderr }: Outputs,
): Promise<void> {
  const frames = new FrameReader();
  for await (const chunk of output) {
    if (tty) {
      await stdout.write(chunk.slice());
      continue;
    }
    for (const piece of joinPieces(frames.push(chunk))) {
      await (piece.stream === "stderr" ? stderr : stdout).write(piece.bytes);
    }
  }
  stdout.close();
  stderr.close();
}

/** The input of a connection; closing it, or giving it up, is the half-close. */
export function inputOf(stream: HijackedStream): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    write: (chunk) => stream.write(chunk),
    close: () => stream.closeWrite(),
    abort: () => stream.closeWrite(),
  });
}
