/**
 * The log file of one container in the form the kubelet reads: one write(2) per line, in order,
 * rotated under the writer's feet without losing or tearing a line. Called by whatever follows
 * the container's output; never reads that output itself.
 */

import { FraktiError, wrap } from "../lib/errors.ts";
import { type LogEntry, nextLine, type StreamName } from "./entry.ts";
import { LineEncoder } from "./line.ts";
import { type LogFile, type LogFiles, systemLogFiles } from "./log_file.ts";
import type { LogCounters, LogDeps, LogOptions } from "./log_options.ts";
import type { LogPosition } from "./position.ts";
import { resumePosition } from "./resume.ts";
import { isTornLine, readTail } from "./tail.ts";

/** How long one line may wait for a disk that refuses it, before it is given up. */
const writePatienceMs = 60_000;
const firstRetryMs = 100;
const maxRetryMs = 5000;

/** Writing is synchronous; after this much of it other work gets its turn. */
const turnMs = 4;
/** Reading the clock costs a tenth of a short write, so it is not read for every line. */
const linesPerClockReading = 16;

/**
 * Opens a log; finishes or drops a line that a crash tore.
 * @throws FraktiError FailedPrecondition when a symlink or no regular file is at the path.
 */
export async function openContainerLog(options: LogOptions, deps: LogDeps): Promise<ContainerLog> {
  const files = deps.files ?? systemLogFiles;
  const file = files.open(options.path);
  try {
    const { tornBytes, position } = options.resume === undefined
      ? { ...await readTail(file), position: {} }
      : await resumePosition(options.path, file, files, options.resume);
    let sizeBytes = file.sizeBytes;
    if (options.resume !== undefined && isTornLine(tornBytes)) {
      file.dropLast(tornBytes); // The source still has it and it is written anew.
      sizeBytes -= tornBytes;
    } else if (tornBytes > 0) {
      sizeBytes += file.append(Uint8Array.of(0x0a), 0, 1);
    }
    return new ContainerLog(options, { ...deps, files }, file, sizeBytes, position);
  } catch (error) {
    file.close();
    throw wrap(`Cannot resume log "${options.path}"`, error);
  }
}

/** An open container log. */
export class ContainerLog {
  readonly path: string;
  readonly #capBytes: number;
  readonly #deps: LogDeps & { readonly files: LogFiles };
  readonly #encoder: LineEncoder;
  readonly #counters = { lines: 0, bytes: 0, lostLines: 0, rotations: 0 };
  readonly #streams: { [stream in StreamName]?: { timeNs: bigint; lines: number } } = {};
  #file: LogFile;
  #sizeBytes: number;
  /** The size that the next rotation is due at; Infinity without a cap. */
  #rotateAtBytes: number;
  /** How much of the line being written is in the file; more than 0 only after a short write. */
  #tornBytes = 0;
  /** Since when the disk refuses lines, and how many were given up since. */
  #failing: { readonly sinceMs: number; lostLines: number } | undefined;
  #wake: (() => void) | undefined;
  #writes: Promise<void> = Promise.resolve();
  #swaps: Promise<void> = Promise.resolve();
  #isClosing = false;
  #closed: Promise<void> | undefined;
  /** Set while the file is being changed: lines wait. */
  #swapping: Promise<void> | undefined;

  /** For {@linkcode openContainerLog}. */
  constructor(
    options: LogOptions,
    deps: LogDeps & { readonly files: LogFiles },
    file: LogFile,
    sizeBytes: number,
    position: LogPosition,
  ) {
    this.path = options.path;
    this.#capBytes = options.maxSizeBytes > 0 ? options.maxSizeBytes : Infinity;
    this.#rotateAtBytes = this.#capBytes;
    this.#deps = deps;
    this.#encoder = new LineEncoder(options.format);
    this.#file = file;
    this.#sizeBytes = sizeBytes;
    if (position.stdout !== undefined) this.#streams.stdout = { ...position.stdout };
    if (position.stderr !== undefined) this.#streams.stderr = { ...position.stderr };
  }

  /** How far the log has come. */
  position(): LogPosition {
    const { stdout, stderr } = this.#streams;
    return {
      ...(stdout === undefined ? {} : { stdout: { ...stdout } }),
      ...(stderr === undefined ? {} : { stderr: { ...stderr } }),
      file: this.#file.id,
    };
  }

  counters(): LogCounters {
    return { ...this.#counters };
  }

  /**
   * Writes entries in order; resolves when they are in the file or given up. A disk that refuses
   * is retried for a while; then lines are lost, counted and reported, so that the container is
   * not held up for ever.
   * @throws FraktiError Cancelled when the log was closed first; the position says how far it came.
   */
  write(entries: readonly LogEntry[]): Promise<void> {
    const done = this.#writes.then(() => this.#writeAll(entries));
    this.#writes = done.catch(() => {}); // The caller has the rejection; later writes see their own.
    return done;
  }

  /**
   * Moves to a new file at the same path, as after the kubelet renamed the old one. Resolves when
   * the new file is in use; on an error the old one stays in use.
   * @throws FraktiError when the file cannot be opened.
   */
  reopen(): Promise<void> {
    return this.#swap(() => {});
  }

  /** Closes the file; writes under way end with Cancelled. Twice is once. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    this.#wake?.();
    await this.#writes;
    await this.#swaps;
    this.#dropTorn();
    this.#file.close();
  }

  async #writeAll(entries: readonly LogEntry[]): Promise<void> {
    const { clock } = this.#deps;
    let turnEndsMs = clock.monotonicMs() + turnMs;
    let untilReading = linesPerClockReading;
    for (const entry of entries) {
      for (let start = 0;;) {
        const piece = nextLine(entry, start);
        if (piece === undefined) break;
        const lineBytes = this.#encoder
          .encode(entry.timeNs, entry.stream, piece.partial, entry.bytes, start, piece.end);
        if (!this.#isReady(lineBytes) || !this.#tryLine(lineBytes)) await this.#insist(lineBytes);
        this.#advance(entry);
        if (--untilReading === 0) {
          untilReading = linesPerClockReading;
          if (clock.monotonicMs() >= turnEndsMs) {
            await clock.sleep(0);
            turnEndsMs = clock.monotonicMs() + turnMs;
          }
        }
        if (piece.last) break;
        start = piece.after;
      }
    }
  }

  /** Whether a line can go straight into the file. */
  #isReady(lineBytes: number): boolean {
    return this.#swapping === undefined && !this.#isClosing &&
      !this.#isOver(lineBytes);
  }

  #isOver(lineBytes: number): boolean {
    return this.#tornBytes === 0 && this.#sizeBytes > 0 &&
      this.#sizeBytes + lineBytes > this.#rotateAtBytes;
  }

  /** The slow way of a line: waits for a change of files, rotates, retries, gives up. */
  async #insist(lineBytes: number): Promise<void> {
    let retryMs = firstRetryMs;
    for (;;) {
      if (this.#swapping !== undefined) await this.#swapping;
      if (this.#isClosing) {
        throw new FraktiError(
          "Cancelled",
          `Log "${this.path}" was closed before a line was written`,
        );
      }
      if (this.#isOver(lineBytes)) await this.#rotate();
      if (this.#tryLine(lineBytes)) return;
      const failing = this.#failing;
      if (failing === undefined) continue; // A short write without an error: the rest comes next.
      if (this.#deps.clock.monotonicMs() - failing.sinceMs >= writePatienceMs) {
        this.#dropTorn();
        failing.lostLines++;
        this.#counters.lostLines++;
        return;
      }
      await this.#pause(retryMs);
      retryMs = Math.min(maxRetryMs, retryMs * 2);
    }
  }

  /** Waits before a retry; a change of files or closing ends the wait. */
  async #pause(ms: number): Promise<void> {
    const waiting = new AbortController();
    this.#wake = () => waiting.abort();
    await this.#deps.clock.sleep(ms, waiting.signal);
    this.#wake = undefined;
  }

  /** One write(2) of what is left of the encoded line; false when not all of it is in the file. */
  #tryLine(lineBytes: number): boolean {
    let count: number;
    try {
      count = this.#file.append(this.#encoder.buffer, this.#tornBytes, lineBytes);
      if (count === 0) throw new FraktiError("Internal", "Disk took no byte and gave no reason");
    } catch (error) {
      if (this.#failing === undefined) {
        this.#failing = { sinceMs: this.#deps.clock.monotonicMs(), lostLines: 0 };
        this.#deps.onProblem({ kind: "write-failed", path: this.path, error });
      }
      return false;
    }
    this.#sizeBytes += count;
    if (this.#tornBytes + count < lineBytes) {
      this.#tornBytes += count;
      return false;
    }
    this.#tornBytes = 0;
    this.#counters.lines++;
    this.#counters.bytes += lineBytes;
    this.#deps.onWritten?.(lineBytes);
    if (this.#failing !== undefined) {
      const { lostLines } = this.#failing;
      this.#failing = undefined;
      this.#deps.onProblem({ kind: "write-recovered", path: this.path, lostLines });
    }
    return true;
  }

  /** A line given up counts as passed: asking for it again would not help. */
  #advance(entry: LogEntry): void {
    const last = this.#streams[entry.stream];
    if (last === undefined) {
      this.#streams[entry.stream] = { timeNs: entry.timeNs, lines: 1 };
    } else if (last.timeNs === entry.timeNs) {
      last.lines++;
    } else {
      last.timeNs = entry.timeNs;
      last.lines = 1;
    }
  }

  async #rotate(): Promise<void> {
    try {
      await this.#swap((old) => {
        this.#deps.files.renameIfSame(this.path, `${this.path}.1`, old.id);
      });
      this.#counters.rotations++;
    } catch (error) {
      // The log grows over its cap rather than stop; the next attempt comes one cap later.
      this.#rotateAtBytes = this.#sizeBytes + this.#capBytes;
      this.#deps.onProblem({ kind: "rotation-failed", path: this.path, error });
    }
  }

  /** Changes the file while lines wait: position kept, old finished, new opened, then swapped. */
  #swap(prepare: (old: LogFile) => void): Promise<void> {
    const swap = this.#swaps.then(async () => {
      if (this.#isClosing) {
        throw new FraktiError("FailedPrecondition", `Log "${this.path}" is closed`);
      }
      const swapped = Promise.withResolvers<void>();
      this.#swapping = swapped.promise;
      try {
        await this.#keepPosition();
        this.#dropTorn();
        const old = this.#file;
        prepare(old);
        const next = this.#deps.files.open(this.path);
        this.#file = next;
        this.#sizeBytes = next.sizeBytes;
        this.#rotateAtBytes = this.#capBytes;
        old.close();
      } finally {
        this.#swapping = undefined;
        swapped.resolve();
        this.#wake?.();
      }
    });
    this.#swaps = swap.catch(() => {}); // The caller has the rejection.
    return swap;
  }

  async #keepPosition(): Promise<void> {
    try {
      await this.#deps.keepPosition?.(this.position());
    } catch (error) {
      // Rotation frees space, which may be why keeping failed: going on is better than refusing.
      this.#deps.onProblem({ kind: "position-not-kept", path: this.path, error });
    }
  }

  /** Takes the beginning of an unfinished line back out of the file; it starts anew. */
  #dropTorn(): void {
    if (this.#tornBytes === 0) return;
    const bytes = this.#tornBytes;
    this.#tornBytes = 0;
    try {
      this.#file.dropLast(bytes);
      this.#sizeBytes -= bytes;
    } catch (error) {
      this.#deps.onProblem({ kind: "write-failed", path: this.path, error });
    }
  }
}
