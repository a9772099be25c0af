/**
 * Input for a process, as hyperd can take it: 16 bytes at a time, some 4 KB a second, and more than
 * it has taken stands in the way of everything else in the pod. So it is handed over no faster, and
 * not without end (docs/decisions/0122).
 */

import type { Clock } from "../../../lib/clock.ts";
import { FraktiError } from "../../../lib/errors.ts";

/** What hyperd takes of one session in all. 200 KB have been seen to block a pod. */
export const maxInputBytes = 64 * 1024;

const bytesPerSecond = 4 * 1024;
const pieceBytes = 1024;

/** So much goes at once: what people type, and small files. */
const burstBytes = 8 * 1024;

export interface InputSink {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** The half-close. */
  readonly end: () => void;
  /** More was given than can be taken: the session ends. */
  readonly refuse: (error: FraktiError) => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** A stream that writes to the sink at hyperd's pace. */
export function pacedInput(sink: InputSink): WritableStream<Uint8Array> {
  let total = 0;
  let freeAtMs = Number.NEGATIVE_INFINITY; // A burst is free at first.
  const write = async (chunk: Uint8Array): Promise<void> => {
    for (let at = 0; at < chunk.length && !sink.signal.aborted; at += pieceBytes) {
      const piece = chunk.slice(at, at + pieceBytes);
      total += piece.length;
      if (total > maxInputBytes) {
        const error = new FraktiError(
          "ResourceExhausted",
          `hyperd takes ${maxInputBytes} bytes of input in a session, and this one has more`,
        );
        sink.refuse(error);
        throw error;
      }
      const nowMs = sink.clock.monotonicMs();
      freeAtMs = Math.max(freeAtMs, nowMs - burstBytes / bytesPerSecond * 1000) +
        piece.length / bytesPerSecond * 1000;
      if (freeAtMs > nowMs) await sink.clock.sleep(freeAtMs - nowMs, sink.signal);
      await sink.write(piece);
    }
  };
  return new WritableStream<Uint8Array>({
    write,
    close: () => sink.end(),
    abort: () => sink.end(),
  });
}
