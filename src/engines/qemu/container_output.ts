/**
 * The output of one container: from the guest's streams into the log and to whoever is attached.
 * What is on disk is acknowledged, and only that, so that the guest keeps the rest for a frakti that
 * comes after this one. A container that writes faster than the log takes waits.
 */

import type { Clock } from "../../lib/clock.ts";
import {
  type ContainerLog,
  entryFromChunk,
  type LogPosition,
  ReplayFilter,
  type StreamName,
} from "../../logs/mod.ts";
import type { OutputChunk } from "./agent/mod.ts";
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
  /** What is on disk when the present connection's streams begin. */
  #position: Promise<LogPosition | undefined>;

  constructor(readonly parts: ContainerOutputParts) {
    this.#position = Promise.resolve(parts.log?.position());
  }

  /**
   * Follows a stream to its end or to the loss of its connection. `resumes`: it may bring again what
   * is on disk already.
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
    this.#position = Promise.all(this.#pumps).then(() => this.parts.log?.position());
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
    const position = await this.#position;
    // Everything before the guest's acknowledged offset is on disk: a replay leaves no gap.
    const filter = resumes && position !== undefined
      ? new ReplayFilter(position, () => {})
      : undefined;
    try {
      for await (const chunk of stream) {
        if (present.aborted) return false;
        const entry = entryFromChunk(name, chunk.timeNs, chunk.bytes);
        const fresh = filter === undefined ? entry : filter.accept(entry);
        if (fresh !== undefined) await log?.write([fresh]);
        if (fresh !== undefined) await hub.give(name, chunk.bytes);
        stream.done(chunk.offset + chunk.bytes.length);
      }
      return true;
    } catch (error) {
      this.parts.onInterruption(error);
      return false;
    }
  }
}
