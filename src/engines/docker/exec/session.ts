/**
 * A running exec as the engine interface has it: web streams with back-pressure, an exit code that
 * nothing can hold back, and a kill that reaches the process.
 */

import { type Clock, withDeadline } from "../../../lib/clock.ts";
import { describe, hasCode } from "../../../lib/errors.ts";
import type { Logger } from "../../../lib/log.ts";
import { OutputPipe } from "../../../lib/output_pipe.ts";
import type { ExecRequest, ExecSession } from "../../domain.ts";
import type { DockerExecsApi, HijackedStream } from "../client/mod.ts";
import { inputOf, moveOutput } from "../hijacked_io.ts";
import type { ExitWatch } from "./exit_watch.ts";

export interface SessionParts {
  readonly execs: DockerExecsApi;
  readonly clock: Clock;
  readonly log: Logger;
  readonly execId: string;
  readonly request: ExecRequest;
  readonly stream: HijackedStream;
  readonly watch: ExitWatch;
  /** Ends the process from the host. */
  readonly killTree: () => Promise<void>;
}

/** After SIGKILL only a process stuck in the kernel stays. */
const killWaitMs = 5_000;

export class DockerExecSession implements ExecSession {
  readonly stdin?: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly #stdout = new OutputPipe();
  readonly #stderr = new OutputPipe();
  #killed: Promise<void> | undefined;

  constructor(readonly parts: SessionParts) {
    this.stdout = this.#stdout.readable;
    this.stderr = this.#stderr.readable;
    if (parts.request.stdin) this.stdin = inputOf(parts.stream);
    if (parts.request.tty) this.#stderr.close();
    this.#pump();
  }

  get exit(): Promise<number> {
    return this.parts.watch.exit;
  }

  /** Sizes that are none are left out, as is the size of what has ended. */
  async resize(columns: number, rows: number): Promise<void> {
    const { execs, execId, watch } = this.parts;
    if (columns < 1 || rows < 1 || watch.isSettled) return;
    try {
      await execs.resize(execId, columns, rows);
    } catch (error) {
      const hasEnded = hasCode(error, "NotFound") || hasCode(error, "FailedPrecondition");
      if (!hasEnded) throw error;
    }
  }

  kill(): Promise<void> {
    this.#killed ??= this.#kill();
    return this.#killed;
  }

  async #kill(): Promise<void> {
    const { watch, stream, clock, execId } = this.parts;
    try {
      // Also when the code is lost: the process may have outlived the engine that knew it.
      if (watch.exitCode === undefined) await this.parts.killTree();
      if (!watch.isSettled) {
        watch.lookNow();
        const ended = watch.exit.then(() => {}, () => {});
        await withDeadline(clock, killWaitMs, `The end of exec "${execId}"`, ended);
      }
    } finally {
      stream.destroy();
      this.#stdout.close();
      this.#stderr.close();
    }
  }

  async #pump(): Promise<void> {
    const { stream, watch, request, log, execId } = this.parts;
    try {
      await moveOutput(stream.output, request.tty, { stdout: this.#stdout, stderr: this.#stderr });
    } catch (error) {
      log.debug("Exec stream broke", { exec: execId, error: describe(error) });
      this.#stdout.fail(error);
      this.#stderr.fail(error);
    } finally {
      stream.destroy(); // Docker ends it when nothing more can come or be taken.
      watch.lookNow();
    }
  }
}
