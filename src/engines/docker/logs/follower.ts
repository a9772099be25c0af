/**
 * Follows the output of one Docker container into its log, through restarts of Docker and of
 * frakti: what is on disk says where to go on. Called by the Docker engine; knows nothing of its
 * records, and talks to Docker only through the source it is given.
 */

import type { Clock } from "../../../lib/clock.ts";
import { describe, hasCode } from "../../../lib/errors.ts";
import {
  type ContainerLog,
  type LogCounters,
  type LogEntry,
  type LogGap,
  ReplayFilter,
  replaySinceNs,
} from "../../../logs/mod.ts";
import { messageReader, type MessageSource } from "./timestamped.ts";

/** What is asked of Docker's log endpoint, with timestamps and both streams. */
export interface LogRequest {
  /** From that time on, inclusive; undefined = everything that Docker has. */
  readonly sinceNs: bigint | undefined;
  /** False: what is there now, then the stream ends. */
  readonly follow: boolean;
  /** Aborting it ends the stream, with an error or without. */
  readonly signal: AbortSignal;
}

/** What is followed, and what for. */
export interface FollowerOptions extends MessageSource {
  /** Belongs to the follower from here on: it closes it. */
  readonly log: ContainerLog;
  readonly clock: Clock;
  /** @throws FraktiError NotFound when Docker does not know the container any more. */
  readonly openLogs: (request: LogRequest) => Promise<AsyncIterable<Uint8Array>>;
  /** From `logFileMark`: which file Docker writes now. Without it a rotation goes unnoticed. */
  readonly fileMark?: () => string | undefined;
  /** Docker's buffer did not reach back to the last line on disk: lines are lost. */
  readonly onGap: (gap: LogGap) => void;
  /** The stream broke or could not be opened; it is tried again unless the error is NotFound. */
  readonly onInterruption: (error: unknown) => void;
}

/** What a followed log has done since it was opened. */
export interface FollowerCounters extends LogCounters {
  readonly gaps: number;
  /** Streams opened. */
  readonly streams: number;
}

const firstRetryMs = 100;
const maxRetryMs = 5000;

/** A quiet stream may hang on a file that Docker has left; this bounds how long unnoticed. */
const markCheckMs = 2000;

/**
 * A read without following that brought less than this has caught up; following goes on from
 * there. One that brought more is repeated, as Docker may have rotated meanwhile.
 */
const caughtUpBytes = 256 * 1024;

type PassEnd = "complete" | "ended" | "rotated" | "interrupted" | "broken" | "gone" | "closed";

/** Follows one container; begins at once. */
export class ContainerLogFollower {
  readonly #options: FollowerOptions;
  readonly #log: ContainerLog;
  readonly #done: Promise<void>;
  #isOver = false;
  #hasExited = false;
  #isStopped = false;
  #gaps = 0;
  #streams = 0;
  #reportedGapNs: bigint | undefined;
  /** Bytes of entries that the pass brought and that were not on disk. */
  #newBytes = 0;
  #retryMs = firstRetryMs;
  #toldCause: string | undefined;
  #wake: (() => void) | undefined;
  /** Ends a pass that follows. */
  #interrupt: (() => void) | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#done = this.#run();
  }

  /**
   * To be called once the container has exited: reads what Docker still has to its end, once more
   * from the last line on disk, because a stream that follows may end before the last lines.
   * Resolves true when everything is on disk and the log closed, false when that took longer;
   * the caller then stops the follower.
   */
  async drained(timeoutMs: number): Promise<boolean> {
    this.#hasExited = true;
    this.#interrupt?.();
    this.#wake?.();
    const waiting = new AbortController();
    await Promise.race([this.#done, this.#options.clock.sleep(timeoutMs, waiting.signal)]);
    waiting.abort();
    return this.#isOver;
  }

  /** As {@linkcode ContainerLog.reopen}. */
  reopen(): Promise<void> {
    return this.#log.reopen();
  }

  /** Ends following and closes the log; what is not on disk yet is read after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#interrupt?.();
    this.#wake?.();
    await this.#log.close();
    await this.#done;
  }

  counters(): FollowerCounters {
    return { ...this.#log.counters(), gaps: this.#gaps, streams: this.#streams };
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // So that nothing happens before the constructor has returned.
    let follow = true;
    while (!this.#isStopped) {
      const isLast = this.#hasExited; // Known before the pass begins, so it misses nothing.
      const end = await this.#pass(follow && !isLast);
      if (end === "gone" || end === "closed") break;
      if (end === "complete") {
        if (isLast) break;
        follow = this.#newBytes < caughtUpBytes;
      } else if (end === "rotated") {
        follow = false;
      } else if (end === "ended" || end === "broken") {
        follow = true;
        await this.#pause();
      }
    }
    this.#isOver = !this.#isStopped;
    await this.#log.close();
  }

  /** Waits before the next pass; an exit or a stop ends the wait. */
  async #pause(): Promise<void> {
    if (this.#isStopped) return;
    const waiting = new AbortController();
    this.#wake = () => waiting.abort();
    await this.#options.clock.sleep(this.#retryMs, waiting.signal);
    this.#wake = undefined;
    this.#retryMs = Math.min(maxRetryMs, this.#retryMs * 2);
  }

  /** One stream from its opening to its end. Never rejects. */
  async #pass(follow: boolean): Promise<PassEnd> {
    const abort = new AbortController();
    let reason: "interrupted" | "rotated" = "interrupted";
    this.#interrupt = () => {
      // A read without following ends by itself; only stopping cuts it short.
      if (follow || this.#isStopped) abort.abort();
    };
    const hasRotated = follow ? this.#rotationCheck() : () => false;
    const stopChecking = follow
      ? this.#every(markCheckMs, () => {
        if (!hasRotated()) return;
        reason = "rotated";
        abort.abort();
      })
      : () => {};
    try {
      const isComplete = await this.#copy(follow, abort.signal, hasRotated);
      if (abort.signal.aborted) return reason;
      if (!isComplete) return "rotated";
      return follow ? "ended" : "complete";
    } catch (error) {
      if (abort.signal.aborted) return reason;
      if (hasCode(error, "Cancelled")) return "closed";
      this.#tell(error);
      return hasCode(error, "NotFound") ? "gone" : "broken";
    } finally {
      stopChecking();
      this.#interrupt = undefined;
    }
  }

  /** Once for each cause: a Docker that is away for days is away for hundreds of containers. */
  #tell(error: unknown): void {
    const cause = describe(error);
    if (this.#newBytes === 0 && cause === this.#toldCause) return;
    this.#toldCause = cause;
    this.#options.onInterruption(error);
  }

  /** Copies one stream; false when Docker has rotated, and what came last was not believed. */
  async #copy(
    follow: boolean,
    signal: AbortSignal,
    hasRotated: () => boolean,
  ): Promise<boolean> {
    const position = this.#log.position();
    const filter = new ReplayFilter(position, (gap) => this.#reportGap(gap));
    const reader = messageReader(this.#options);
    this.#newBytes = 0;
    this.#streams++;
    const stream = await this.#options.openLogs({
      sinceNs: replaySinceNs(position),
      follow,
      signal,
    });
    for await (const chunk of stream) {
      if (hasRotated()) return false;
      if (signal.aborted) return true;
      await this.#write(reader.push(chunk), filter);
      this.#retryMs = firstRetryMs;
    }
    // Only what was read without following ends where the output ends.
    if (follow || signal.aborted) return true;
    await this.#write(reader.end(), filter);
    filter.finish();
    return true;
  }

  async #write(entries: readonly LogEntry[], filter: ReplayFilter): Promise<void> {
    const fresh: LogEntry[] = [];
    for (const entry of entries) {
      const rest = filter.accept(entry);
      if (rest === undefined) continue;
      fresh.push(rest);
      this.#newBytes += rest.bytes.length;
    }
    if (fresh.length > 0) await this.#log.write(fresh);
  }

  #reportGap(gap: LogGap): void {
    if (this.#reportedGapNs === gap.sinceNs) return; // A later pass from the same line says it again.
    this.#reportedGapNs = gap.sinceNs;
    this.#gaps++;
    this.#options.onGap(gap);
  }

  /** A function that tells whether Docker writes another file than at the time of this call. */
  #rotationCheck(): () => boolean {
    const fileMark = this.#options.fileMark ?? (() => undefined);
    let mark = fileMark();
    return () => {
      const now = fileMark();
      mark ??= now; // The first file appears when the container starts.
      return now !== mark;
    };
  }

  /** Calls `action` again and again until the returned function is called. */
  #every(ms: number, action: () => void): () => void {
    let cancel = () => {};
    const arm = () => {
      cancel = this.#options.clock.after(ms, () => {
        arm();
        action();
      });
    };
    arm();
    return () => cancel();
  }
}
