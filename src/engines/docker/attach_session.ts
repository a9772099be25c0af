/**
 * One attacher of a container as the engine interface has it. Docker ends its output with the
 * container's, except for those that attach in the moment of its end: the end that the ledger
 * notes ends them.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe, wrap } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { OutputPipe } from "../../lib/output_pipe.ts";
import type { AttachSession } from "../domain.ts";
import type { ContainerId } from "../ids.ts";
import type { HijackedStream } from "./client/mod.ts";
import { inputOf, moveOutput } from "./hijacked_io.ts";

export interface AttachSessionParts {
  readonly containerId: ContainerId;
  readonly stream: HijackedStream;
  /** As the container was made. */
  readonly tty: boolean;
  /** The container has a stdin and this session is to write to it. */
  readonly stdin: boolean;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** Called once, when the session has ended. */
  readonly onEnd: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Docker keeps 1 MB for an attacher that does not read, then stops the container's output for
 * everybody, its log included. A terminal that is suspended must not hold a node's work up for
 * longer than this (decision 0068).
 */
const stallMs = 10_000;

/** How long a connection may say nothing after the container's end before it is taken for done. */
const quietMs = 3_000;

export class DockerAttachSession implements AttachSession {
  readonly stdin?: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly #stdout: OutputPipe;
  readonly #stderr: OutputPipe;
  readonly #done = new AbortController();
  /** Counts up whenever the connection gives something; odd while a reader is waited for. */
  #moves = 0;

  constructor(readonly parts: AttachSessionParts) {
    const stall = { clock: parts.clock, ms: stallMs };
    this.#stdout = new OutputPipe(stall);
    this.#stderr = new OutputPipe(stall);
    this.stdout = this.#stdout.readable;
    this.stderr = this.#stderr.readable;
    if (parts.tty) this.#stderr.close();
    if (parts.stdin) this.stdin = inputOf(parts.stream);
    this.#move();
  }

  /** Sizes that are none are left out. */
  async resize(columns: number, rows: number): Promise<void> {
    if (!this.parts.tty || columns < 1 || rows < 1 || this.#done.signal.aborted) return;
    await this.parts.resize(columns, rows);
  }

  close(): Promise<void> {
    this.#end();
    return Promise.resolve();
  }

  /** The container has ended: so does this, once all that is under way has come. */
  async containerEnded(): Promise<void> {
    const { clock } = this.parts;
    while (!this.#done.signal.aborted) {
      const before = this.#moves;
      await clock.sleep(quietMs, this.#done.signal);
      if (before === this.#moves && before % 2 === 0) this.#end();
    }
  }

  #end(): void {
    if (this.#done.signal.aborted) return;
    this.#done.abort();
    this.parts.stream.destroy();
    this.#stdout.close();
    this.#stderr.close();
    this.parts.onEnd();
  }

  async #move(): Promise<void> {
    const { stream, tty, containerId, log } = this.parts;
    try {
      const outputs = { stdout: this.#stdout, stderr: this.#stderr };
      await moveOutput(this.#counted(stream.output), tty, outputs);
    } catch (error) {
      if (this.#done.signal.aborted) return;
      log.info("Attacher lost", { container: containerId, error: describe(error) });
      const failure = wrap(`Attachment to container "${containerId}" broke`, error);
      this.#stdout.fail(failure);
      this.#stderr.fail(failure);
    } finally {
      this.#end();
    }
  }

  /** The same chunks, with `#moves` kept. */
  async *#counted(output: HijackedStream["output"]): AsyncGenerator<Uint8Array> {
    for await (const chunk of output) {
      this.#moves++;
      yield chunk;
      this.#moves++;
    }
  }
}
