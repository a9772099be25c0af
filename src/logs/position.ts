/**
 * How far a container log has come, and what that means for a replay: which entries are already
 * on disk, and whether the replay reaches back far enough. Knows nothing of files or engines.
 */

import { countLines, type LogEntry, skipLines, type StreamName } from "./entry.ts";

/** The last line of a stream that is on disk. */
export interface StreamPosition {
  readonly timeNs: bigint;
  /** How many lines of the stream carry that time: pieces of one message share theirs. */
  readonly lines: number;
}

/** How far a log has come. Plain data, to be kept in a record. */
export interface LogPosition {
  readonly stdout?: StreamPosition;
  readonly stderr?: StreamPosition;
  /** The file it was taken from: "device:inode". */
  readonly file?: string;
}

/** A replay did not reach back to the last line on disk: what lay between is lost. */
export interface LogGap {
  /** Time of the last line on disk. */
  readonly sinceNs: bigint;
  /** Time of the first entry that the replay had; absent when it had none. */
  readonly untilNs?: bigint;
}

/** Both streams, in the order they are looked at. */
export const streamNames: readonly StreamName[] = ["stdout", "stderr"];

/**
 * By how much an entry may be older than one that stands before it: the source takes the time,
 * then waits for its lock. Replays begin this much earlier.
 */
export const reorderSlackNs = 1_000_000_000n;

/** The stream whose last line is the latest; undefined when nothing is on disk. */
export function latestStream(
  position: LogPosition,
): { readonly stream: StreamName; readonly timeNs: bigint } | undefined {
  let latest: { stream: StreamName; timeNs: bigint } | undefined;
  for (const stream of streamNames) {
    const timeNs = position[stream]?.timeNs;
    if (timeNs === undefined) continue;
    if (latest === undefined || timeNs > latest.timeNs) latest = { stream, timeNs };
  }
  return latest;
}

/** From when a replay is needed; undefined = from the beginning. */
export function replaySinceNs(position: LogPosition): bigint | undefined {
  const latest = latestStream(position);
  if (latest === undefined) return undefined;
  return latest.timeNs > reorderSlackNs ? latest.timeNs - reorderSlackNs : 0n;
}

/**
 * Drops from a replay exactly what is on disk. Within a stream entries come in the order of the
 * first time; entries before the position's time are on disk, at its time as many lines as it
 * counts are, and from the first later one on everything is new, whatever the clock does.
 */
export class ReplayFilter {
  readonly #pending: { [stream in StreamName]: StreamPosition | undefined };
  readonly #onGap: (gap: LogGap) => void;
  #anchor: { readonly stream: StreamName; readonly timeNs: bigint } | undefined;

  /** `onGap` is called at most once. */
  constructor(position: LogPosition, onGap: (gap: LogGap) => void) {
    this.#pending = { stdout: position.stdout, stderr: position.stderr };
    this.#anchor = latestStream(position);
    this.#onGap = onGap;
  }

  /** What of a replayed entry is not on disk yet; undefined when all of it is. */
  accept(entry: LogEntry): LogEntry | undefined {
    const anchor = this.#anchor;
    if (anchor !== undefined && entry.timeNs > anchor.timeNs + reorderSlackNs) {
      this.#lose(entry.timeNs);
    }
    const pending = this.#pending[entry.stream];
    if (pending === undefined || entry.timeNs < pending.timeNs) {
      return pending === undefined ? entry : undefined;
    }
    if (entry.timeNs > pending.timeNs) {
      this.#pending[entry.stream] = undefined;
      if (anchor?.stream === entry.stream) this.#lose(entry.timeNs);
      return entry;
    }
    if (anchor?.stream === entry.stream) this.#anchor = undefined;
    const count = countLines(entry);
    if (count < pending.lines) {
      this.#pending[entry.stream] = { timeNs: pending.timeNs, lines: pending.lines - count };
      return undefined;
    }
    this.#pending[entry.stream] = undefined;
    return skipLines(entry, pending.lines);
  }

  /** The replay is complete: a last line that it never had is a gap as well. */
  finish(): void {
    this.#lose(undefined);
  }

  #lose(untilNs: bigint | undefined): void {
    const anchor = this.#anchor;
    if (anchor === undefined) return;
    this.#anchor = undefined;
    this.#onGap({ sinceNs: anchor.timeNs, ...(untilNs === undefined ? {} : { untilNs }) });
  }
}

/**
 * What is known from a record and from the file itself. A record of the same file is at most as
 * far as the file; a record of an earlier file comes before all of it.
 */
export function mergePositions(stored: LogPosition | undefined, found: LogPosition): LogPosition {
  if (stored === undefined) return found;
  const sameFile = stored.file !== undefined && stored.file === found.file;
  const merged: { [stream in StreamName]?: StreamPosition } = {};
  for (const stream of streamNames) {
    const position = later(stored[stream], found[stream], sameFile);
    if (position !== undefined) merged[stream] = position;
  }
  return { ...merged, ...(found.file === undefined ? {} : { file: found.file }) };
}

function later(
  stored: StreamPosition | undefined,
  found: StreamPosition | undefined,
  sameFile: boolean,
): StreamPosition | undefined {
  if (stored === undefined || found === undefined) return stored ?? found;
  if (stored.timeNs !== found.timeNs) return stored.timeNs > found.timeNs ? stored : found;
  const lines = sameFile ? Math.max(stored.lines, found.lines) : stored.lines + found.lines;
  return { timeNs: stored.timeNs, lines };
}
