/**
 * Works out from the end of a log file how far it has come: what a restarted frakti knows of a
 * container's log, whatever moment it died at. Reads backwards and no further than needed.
 */

import { joinBytes } from "../lib/bytes.ts";
import { type LogFile } from "./log_file.ts";
import { maxLineBytes, parseLineHeader } from "./line.ts";
import { type LogPosition, reorderSlackNs, type StreamPosition } from "./position.ts";
import type { StreamName } from "./entry.ts";

/** What the end of a log file says. */
export interface LogTail {
  readonly position: LogPosition;
  /** Bytes after the last newline: a line that a crash tore. 0 when there is none. */
  readonly tornBytes: number;
  /** The file does not reach back as far as a replay may: the file before it matters as well. */
  readonly isShort: boolean;
}

/** How a tail is read. */
export interface TailOptions {
  /** Lines older than this are of another container that used the same path. */
  readonly notBeforeNs?: bigint;
  /** At most this much is read; what lies before counts as complete. */
  readonly maxBytes?: number;
}

/** Read at a time. */
const stepBytes = 256 * 1024;

/**
 * One second of output, as far as a replay overlaps, should fit; a container that writes faster
 * than this gets a shorter overlap, not a longer start of frakti.
 */
const defaultMaxBytes = 32 * 1024 * 1024;

/** Of a line whose beginning is not read yet, this much is kept: more than a header. */
const carriedBytes = 128;

const newline = 0x0a;

/** Reads the end of a log file. Lines that are none, such as the zeros a power cut leaves, are passed over. */
export async function readTail(file: LogFile, options: TailOptions = {}): Promise<LogTail> {
  const scan = new BackwardScan(options.notBeforeNs);
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  let tornBytes = 0;
  let sawNewline = false;
  let carry: Uint8Array = new Uint8Array(0);
  let start = file.sizeBytes;
  while (start > 0 && file.sizeBytes - start < maxBytes && !scan.done) {
    const from = Math.max(0, start - stepBytes);
    const chunk = await file.read(from, start - from);
    start = from;
    let block = joinBytes([chunk, carry]);
    if (!sawNewline) {
      const last = block.lastIndexOf(newline);
      if (last === -1) {
        tornBytes += chunk.length;
        continue; // The torn line alone: none of ours is this long, so it is not kept.
      }
      sawNewline = true;
      tornBytes += chunk.length - last - 1;
      block = block.subarray(0, last + 1);
    }
    carry = scan.block(block, start === 0);
  }
  const isCutShort = start > 0 && !scan.done;
  return {
    position: { ...scan.position(isCutShort), file: file.id },
    tornBytes,
    isShort: start === 0 && !scan.done,
  };
}

/** Whether a torn line of this length can be one of ours, to be dropped and written anew. */
export function isTornLine(tornBytes: number): boolean {
  return tornBytes > 0 && tornBytes < maxLineBytes;
}

/** The beginning of a piece of a line, as a line. */
function lineStart(piece: Uint8Array): Uint8Array {
  return piece.length <= carriedBytes
    ? piece
    : joinBytes([piece.subarray(0, carriedBytes), Uint8Array.of(newline)]);
}

/** Takes complete lines from the last to the first. */
class BackwardScan {
  readonly #found: { [stream in StreamName]?: StreamPosition } = {};
  readonly #notBeforeNs: bigint;
  #oldestNs: bigint | undefined;
  #latestNs: bigint | undefined;
  /** Nothing earlier can matter. */
  done = false;

  constructor(notBeforeNs: bigint | undefined) {
    this.#notBeforeNs = notBeforeNs ?? 0n;
  }

  /**
   * Takes the lines of `block`, which ends with a newline; gives back its beginning when that may
   * be the end of a line that starts before it.
   */
  block(block: Uint8Array, isFileStart: boolean): Uint8Array {
    let end = block.length; // Just after the newline of the line to be taken next.
    while (end > 0 && !this.done) {
      const before = end >= 2 ? block.lastIndexOf(newline, end - 2) : -1;
      if (before === -1 && !isFileStart) return lineStart(block.subarray(0, end));
      this.#line(block, before + 1);
      end = before + 1;
    }
    return new Uint8Array(0);
  }

  position(isCutShort: boolean): { [stream in StreamName]?: StreamPosition } {
    const floorNs = this.#oldestNs;
    if (!isCutShort || floorNs === undefined) return this.#found;
    // A stream that was not met has nothing on disk from there on, and all from before.
    const floor = { timeNs: floorNs - 1n, lines: 0 };
    return { stdout: floor, stderr: floor, ...this.#found };
  }

  #line(block: Uint8Array, start: number): void {
    const header = parseLineHeader(block, start);
    if (header === undefined) return;
    const { stream, timeNs } = header;
    if (timeNs < this.#notBeforeNs) {
      this.done = true;
      return;
    }
    if (this.#latestNs === undefined || timeNs > this.#latestNs) this.#latestNs = timeNs;
    // A replay begins one slack earlier; what stands before this line is older than that even
    // when it is out of order by another.
    if (timeNs < this.#latestNs - 2n * reorderSlackNs) {
      this.done = true;
      return;
    }
    this.#oldestNs = timeNs;
    const found = this.#found[stream];
    if (found === undefined) this.#found[stream] = { timeNs, lines: 1 };
    else if (found.timeNs === timeNs) {
      this.#found[stream] = { timeNs, lines: found.lines + 1 };
    }
  }
}
