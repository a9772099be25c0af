/**
 * Follows the file that hyperd writes a container's output to (its own `follow` never ends and
 * floods): read as it grows, written to the log, and given back to the disk once it is there.
 */

import type { Clock } from "../../../lib/clock.ts";
import { isMissing } from "../../../lib/files.ts";
import { type ContainerLog, ReplayFilter } from "../../../logs/mod.ts";
import { JsonLineCutter } from "./json_lines.ts";

/** The first ends the following, the second is for the node's log alone. */
export type FollowerProblem = "output interrupted" | "position-not-kept";

export interface FollowerParts {
  readonly path: string;
  /** Where reading begins. */
  readonly offset: number;
  readonly log: ContainerLog;
  readonly clock: Clock;
  /** Everything before `offset` is in the log. Asked again later when it fails. */
  readonly onConsumed: (offset: number) => Promise<void>;
  readonly onProblem: (kind: FollowerProblem, error: unknown) => void;
}

/** Pauses between looks: short while something comes, long for who says nothing. */
const shortestPauseMs = 20;
const longestPauseMs = 400;
const readBytes = 64 * 1024;

/** So much of the file is kept before it is given back. */
const consumeBytes = 8 * 1024 * 1024;

/** A disk that is full takes no record; a container that floods must not ask it for every chunk. */
const keepRetryMs = 1000;

/** hyperd tells the end of a process apart from its output, which may come a little later. */
const quietMs = 200;

export class OutputFollower {
  readonly #stop = new AbortController();
  readonly #cutter: JsonLineCutter;
  readonly #filter: ReplayFilter;
  readonly #running: Promise<void>;
  #readOffset: number;
  #consumed: number;
  /** When keeping `#consumed` failed last; undefined while it works. */
  #keepFailedAtMs: number | undefined;
  #wake = () => {};
  /** When the end of the file was last seen to have grown. */
  #grewAtMs: number;
  #isDraining = false;

  constructor(readonly parts: FollowerParts) {
    this.#readOffset = parts.offset;
    this.#consumed = parts.offset;
    this.#cutter = new JsonLineCutter(parts.offset);
    this.#filter = new ReplayFilter(parts.log.position(), () => {});
    this.#grewAtMs = parts.clock.monotonicMs();
    this.#running = this.#follow();
  }

  /** Where in the file everything before is in the log. */
  get offset(): number {
    return this.#cutter.offset;
  }

  /** The process has ended: resolves when its output is in the log. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#grewAtMs = this.parts.clock.monotonicMs();
    this.#wake();
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }

  async #follow(): Promise<void> {
    let file: Deno.FsFile | undefined;
    let pauseMs = shortestPauseMs;
    try {
      while (!this.#stop.signal.aborted) {
        file ??= await this.#open();
        const grew = file !== undefined && await this.#read(file);
        if (grew) {
          pauseMs = shortestPauseMs;
          this.#grewAtMs = this.parts.clock.monotonicMs();
          continue;
        }
        if (this.#isDraining && this.parts.clock.monotonicMs() - this.#grewAtMs >= quietMs) return;
        await this.#pause(this.#isDraining ? shortestPauseMs : pauseMs);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.parts.onProblem("output interrupted", error);
    } finally {
      file?.close();
    }
  }

  async #open(): Promise<Deno.FsFile | undefined> {
    try {
      const file = await Deno.open(this.parts.path, { read: true });
      await file.seek(this.#readOffset, Deno.SeekMode.Start);
      return file;
    } catch (error) {
      if (isMissing(error)) return undefined; // hyperd makes it with the container's start.
      throw error;
    }
  }

  /** Reads and writes once; false at the end of the file. */
  async #read(file: Deno.FsFile): Promise<boolean> {
    const chunk = new Uint8Array(readBytes);
    const count = await file.read(chunk);
    if (count === null || count === 0) return false;
    this.#readOffset += count;
    const entries = this.#cutter.push(chunk.subarray(0, count))
      .flatMap((entry) => this.#filter.accept(entry) ?? []);
    if (entries.length > 0) await this.parts.log.write(entries);
    if (this.offset - this.#consumed >= consumeBytes) await this.#consume(this.offset);
    return true;
  }

  /** A failure costs the disk what could be given back, not the container its log. */
  async #consume(offset: number): Promise<void> {
    const { clock, onConsumed, onProblem } = this.parts;
    const failedAtMs = this.#keepFailedAtMs;
    if (failedAtMs !== undefined && clock.monotonicMs() - failedAtMs < keepRetryMs) return;
    try {
      await onConsumed(offset);
      this.#consumed = offset;
      this.#keepFailedAtMs = undefined;
    } catch (error) {
      this.#keepFailedAtMs = clock.monotonicMs();
      if (failedAtMs === undefined) onProblem("position-not-kept", error);
    }
  }

  async #pause(ms: number): Promise<void> {
    const waiting = new AbortController();
    this.#wake = () => waiting.abort();
    if (!this.#stop.signal.aborted) await this.parts.clock.sleep(ms, waiting.signal);
    this.#wake = () => {};
  }
}
