/**
 * The output of one container: from the guest's streams into the log and to whoever is attached.
 * What is on disk is acknowledged, and only that, so that the guest keeps the rest for a frakti that
 * comes after this one. A container that writes faster than the log takes waits.
 */

import type { Clock } from "../../lib/clock.ts";
import {
  type ContainerLog,
  entryFromChunk,
  ReplayFilter,
  type StreamName,
} from "../../logs/mod.ts";
import type { OutputStream } from "./agent/mod.ts";
import type { AttachHub } from "../common/attach_hub.ts";

export interface ContainerOutputParts {
  /** undefined: the client asked for no log. */
  readonly log: ContainerLog | undefined;
  readonly hub: AttachHub;
  readonly clock: Clock;
  /** The connection to the guest broke; another one will go on. */
  readonly onInterruption: (error: unknown) => void;
}

/** How long the last output of a container that has ended may take to be on disk. */
const drainMs = 90_000;

export class ContainerOutput {
  #pumps: Promise<boolean>[] = [];

  constructor(readonly parts: ContainerOutputParts) {}

  /**
   * Follows a stream to its end or to the loss of its connection. `resumes`: it may bring again what
   * is on disk already.
   */
  follow(name: StreamName, stream: OutputStream, resumes: boolean): void {
    const { log } = this.parts;
    // Everything before the guest's acknowledged offset is on disk: a replay leaves no gap.
    const filter = resumes && log !== undefined
      ? new ReplayFilter(log.position(), () => {})
      : undefined;
    this.#pumps.push(this.#pump(name, stream, filter));
  }

  /** Resolves true when the streams have ended and all of them is on disk, false when it took too long. */
  async drained(): Promise<boolean> {
    const late = new AbortController();
    const ended = Promise.all(this.#pumps).then((ends) => ends.every((end) => end));
    try {
      return await Promise.race([
        ended,
        this.parts.clock.sleep(drainMs, late.signal).then(() => false),
      ]);
    } finally {
      late.abort();
    }
  }

  /** Nothing is followed any more; what comes next follows anew. */
  reset(): void {
    this.#pumps = [];
  }

  async close(): Promise<void> {
    this.parts.hub.end();
    await this.parts.log?.close();
  }

  /** True when the stream came to its end. */
  async #pump(
    name: StreamName,
    stream: OutputStream,
    filter: ReplayFilter | undefined,
  ): Promise<boolean> {
    const { log, hub } = this.parts;
    try {
      for await (const chunk of stream) {
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
