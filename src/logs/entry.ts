/**
 * What a container wrote, cut into the pieces that become lines of its log file. The cut depends
 * on the entry alone, so that a replayed entry is cut exactly as it was the first time; resuming
 * after a restart rests on that.
 */

/** Where the bytes came from; a terminal's output is all "stdout". */
export type StreamName = "stdout" | "stderr";

/** One message of a container. */
export interface LogEntry {
  readonly stream: StreamName;
  /** When the source saw it, nanoseconds since the epoch; a replay carries the same value. */
  readonly timeNs: bigint;
  /** Without the newline that ended it. Newlines inside are kept as line ends. */
  readonly bytes: Uint8Array;
  /** No newline ended it: the next entry of the stream goes on where this one stops. */
  readonly partial: boolean;
}

/** Content bytes of one line of a log file; what Docker and containerd also cut at. */
export const maxLineContentBytes = 16 * 1024;

const newline = 0x0a;

/**
 * The entry that a chunk of output makes, for sources that deliver chunks and not messages: it is
 * partial unless the chunk ends with a newline.
 */
export function entryFromChunk(stream: StreamName, timeNs: bigint, chunk: Uint8Array): LogEntry {
  const ended = chunk.length > 0 && chunk[chunk.length - 1] === newline;
  return { stream, timeNs, bytes: ended ? chunk.subarray(0, -1) : chunk, partial: !ended };
}

/**
 * Calls `visit` for each line the entry makes: `bytes[start, end)` and whether a newline ended it.
 * An entry that is empty and partial makes none; one that is empty and ended makes one.
 */
export function forEachLine(
  entry: LogEntry,
  visit: (start: number, end: number, partial: boolean) => void,
): void {
  for (let start = 0;;) {
    const next = nextLine(entry, start);
    if (next === undefined) return;
    visit(start, next.end, next.partial);
    if (next.last) return;
    start = next.after;
  }
}

/** A line of an entry: its end, where the one after it begins, and whether it is the last. */
export interface EntryLine {
  readonly end: number;
  readonly after: number;
  readonly partial: boolean;
  readonly last: boolean;
}

/** The line that begins at `start`; undefined when there is none. */
export function nextLine(entry: LogEntry, start: number): EntryLine | undefined {
  const { bytes } = entry;
  if (start === bytes.length && entry.partial) return undefined;
  const limit = Math.min(bytes.length, start + maxLineContentBytes);
  // One byte beyond the limit: a newline there still ends a line of full length.
  const found = limit === bytes.length
    ? bytes.indexOf(newline, start)
    : indexOfWithin(bytes, start, limit + 1);
  if (found !== -1) return { end: found, after: found + 1, partial: false, last: false };
  if (limit < bytes.length) return { end: limit, after: limit, partial: true, last: false };
  return { end: limit, after: limit, partial: entry.partial, last: true };
}

/** Looks no further than needed: an entry of many pieces is searched once per piece. */
function indexOfWithin(bytes: Uint8Array, start: number, end: number): number {
  const found = bytes.subarray(start, end).indexOf(newline);
  return found === -1 ? -1 : start + found;
}

/** How many lines of a log file the entry makes. */
export function countLines(entry: LogEntry): number {
  let count = 0;
  forEachLine(entry, () => count++);
  return count;
}

/** What is left of an entry after its first `count` lines; undefined when nothing is. */
export function skipLines(entry: LogEntry, count: number): LogEntry | undefined {
  let start = 0;
  for (let skipped = 0; skipped < count; skipped++) {
    const line = nextLine(entry, start);
    if (line === undefined || line.last) return undefined;
    start = line.after;
  }
  return start === 0 ? entry : { ...entry, bytes: entry.bytes.subarray(start) };
}
