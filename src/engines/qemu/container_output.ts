/**
 * The output of one container: from the guest's streams into the log and to whoever is attached.
 * What is on disk is acknowledged, and only that, so that the guest keeps the rest for a frakti that
 * comes after this one. A container that writes faster than the log takes waits.
 */

import type { Clock } from "../../lib/clock.ts";
import {
  type ContainerLog,
  entryFromChunk,
  type LogEntry,
  ReplayFilter,
  type StreamName,
} from "../../logs/mod.ts";
import { containerWindowBytes, type OutputChunk } from "./agent/mod.ts";
import type { AttachHub } from "../common/attach_hub.ts";

export interface ContainerOutputParts {
  /** undefined: the client asked for no log. */
  readonly log: ContainerLog | undefined;
  readonly hub: Pick<AttachHub, "give" | "end">;
  readonly clock: Clock;
  /** The connection to the guest broke; another one will go on. */
  readonly onInterruption: (error: unknown) => void;
}

/** A stream of the guest's; see {@linkcode OutputStream}. */
export interface Chunks extends AsyncIterable<OutputChunk> {
  done(offset: number): void;
}

/**
 * - complete: the streams have ended, and all of them is on disk.
 * - late: it took too long.
 * - interrupted: a stream broke; the guest may have more of it.
 */
export type Drained = "complete" | "late" | "interrupted";

/** How long the last output of a container that has ended may take to be on disk. */
const drainMs = 90_000;

export class ContainerOutput {
  /** True of a stream that came to its end. */
  #pumps: Promise<boolean>[] = [];
  /** Aborted when another connection takes over. */
  #present = new AbortController();
  /** Nobody writes any more what the former connection brought. */
  #formerDone: Promise<unknown> = Promise.resolve();
  readonly #progress: { readonly [name in StreamName]: Progress };

  constructor(readonly parts: ContainerOutputParts) {
    const onDisk = parts.log && new ReplayFilter(parts.log.position(), () => {});
    this.#progress = { stdout: new Progress(onDisk), stderr: new Progress(onDisk) };
  }

  /**
   * Follows a stream to its end or to the loss of its connection. `resumes`: it may bring again what
   * a former frakti has written.
   */
  follow(name: StreamName, stream: Chunks, resumes: boolean): void {
    this.#pumps.push(this.#pump(name, stream, resumes, this.#present.signal));
  }

  /** Waits for the end of the streams, also of those that take their place meanwhile. */
  async drained(): Promise<Drained> {
    const late = new AbortController();
    const isLate = this.parts.clock.sleep(drainMs, late.signal).then(() => "late" as const);
    try {
      for (;;) {
        const pumps = this.#pumps;
        const ended = Promise.all(pumps).then((ends) => ends.every((end) => end));
        const outcome = await Promise.race([ended, isLate]);
        if (outcome === "late") return outcome;
        if (outcome) return "complete";
        if (this.#pumps === pumps) return "interrupted";
      }
    } finally {
      late.abort();
    }
  }

  /**
   * Another connection takes over. What the former one brought and nobody has written comes again, so
   * the new streams begin when its last line is written.
   */
  takeOver(): void {
    this.#present.abort();
    this.#present = new AbortController();
    this.#formerDone = Promise.all(this.#pumps);
    this.#pumps = [];
  }

  async close(): Promise<void> {
    this.parts.hub.end();
    await this.parts.log?.close();
  }

  /** True when the stream came to its end. */
  async #pump(
    name: StreamName,
    stream: Chunks,
    resumes: boolean,
    present: AbortSignal,
  ): Promise<boolean> {
    const { log, hub } = this.parts;
    const progress = this.#progress[name];
    await this.#formerDone;
    try {
      for await (const chunk of stream) {
        if (present.aborted) return false;
        const bytes = progress.unwritten(chunk);
        if (bytes.length > 0) {
          const entry = entryFromChunk(name, chunk.timeNs, bytes);
          const fresh = resumes ? progress.fresh(entry, chunk) : entry;
          if (fresh !== undefined) await log?.write([fresh]);
          progress.advance(chunk);
          if (fresh !== undefined) await hub.give(name, bytes);
        }
        stream.done(endOf(chunk));
      }
      return true;
    } catch (error) {
      this.parts.onInterruption(error);
      return false;
    }
  }
}

/**
 * How far a stream has come, over all its connections. What this frakti has written it knows by the
 * offset; what a former one has, by the times in the log, which tell less: they stand still while a
 * clock that was set back catches up.
 */
class Progress {
  #writtenTo = 0;
  /** Nothing that ends behind it can have been sent to a former frakti. */
  #replayEnd: number | undefined;

  constructor(readonly onDisk: ReplayFilter | undefined) {}

  /** What of a chunk this frakti has not written; empty when it has all of it. */
  unwritten({ offset, bytes }: OutputChunk): Uint8Array {
    return bytes.subarray(Math.max(0, this.#writtenTo - offset));
  }

  /** What of an entry no former frakti has written; undefined when nothing. */
  fresh(entry: LogEntry, chunk: OutputChunk): LogEntry | undefined {
    // The first chunk is the oldest that was not acknowledged.
    this.#replayEnd ??= chunk.offset + containerWindowBytes;
    if (this.onDisk === undefined || endOf(chunk) > this.#replayEnd) return entry;
    return this.onDisk.accept(entry);
  }

  /** It is written, or was found to be on disk. */
  advance(chunk: OutputChunk): void {
    this.#writtenTo = endOf(chunk);
  }
}

function endOf({ offset, bytes }: OutputChunk): number {
  return offset + bytes.length;
}
