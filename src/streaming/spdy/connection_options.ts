/**
 * What a SPDY connection is made with, and limits that are the same for all.
 */

import type { Clock } from "../../lib/clock.ts";
import type { SpdyStream } from "./stream.ts";

export interface SpdyOptions {
  readonly clock: Clock;
  /** Without a byte either way for this long the connection is dropped. */
  readonly idleMs: number;
  /** More streams at once are refused, one by one. */
  readonly maxStreams: number;
  /** Calls back when this turn of the event loop is over; see frame_writer.ts. */
  readonly defer?: (action: () => void) => void;
  /** Called for each stream that the peer opens, in order; accepts or resets it, now or later. */
  onStream(stream: SpdyStream): void;
}

/** A stream with more headers is refused: they are kept while it lasts. */
export const maxKeptHeaderBytes = 16 * 1024;

/** How long a peer that is refused may take to read why. */
export const refusalLingerMs = 5000;
