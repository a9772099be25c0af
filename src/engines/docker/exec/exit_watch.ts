/**
 * When an exec ends and with which code. Three sources, the first one counts: Docker's exec_die
 * event, a look after the connection's EOF, and a look every second, because a grandchild that
 * holds the pipes keeps EOF away and engines before 17.12 have no event.
 */

import { type Clock, waitOver } from "../../../lib/clock.ts";
import { FraktiError, hasCode } from "../../../lib/errors.ts";
import type { DockerExecsApi } from "../client/mod.ts";

const firstPollMs = 250;
const pollMs = 1_000;
/** The event comes with EOF or a moment later, and costs the engine nothing. */
const eventMs = 10;
const firstLookMs = 20; // After EOF the code is there at the first look, or a moment later.
/** How long an engine that does not answer, or answers nonsense, may keep the code to itself. */
const maxFailingMs = 30_000;

export interface ExitWatchOptions {
  readonly execs: DockerExecsApi;
  readonly clock: Clock;
  readonly execId: string;
}

/** Watches one exec. */
export class ExitWatch {
  readonly exit: Promise<number>;
  #settle!: { resolve: (code: number) => void; reject: (error: unknown) => void };
  readonly #done = new AbortController();
  #hurry = new AbortController();
  #exitCode: number | undefined;

  constructor(readonly options: ExitWatchOptions) {
    this.exit = new Promise<number>((resolve, reject) => this.#settle = { resolve, reject });
    // Who never asks for the code has not failed to handle its loss.
    this.exit.catch(() => {});
  }

  /** Begins to look; call it once the exec has started. */
  start(): void {
    this.#poll().catch((error) => this.#fail(error));
  }

  /** The exit code is known, from the event or from a look. */
  ended(code: number): void {
    this.#exitCode ??= code;
    this.#settle.resolve(code);
    this.#done.abort(waitOver);
  }

  /** Something tells that the process ends now: the connection's EOF, or a kill. */
  lookNow(): void {
    this.#hurry.abort(waitOver);
  }

  /** Resolves when the event has come, or should have: after that a look tells. */
  async told(): Promise<void> {
    await this.options.clock.sleep(eventMs, this.#done.signal);
  }

  /** Once the process is known to have ended. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** True once the code is known or lost. */
  get isSettled(): boolean {
    return this.#done.signal.aborted;
  }

  #fail(error: unknown): void {
    this.#settle.reject(error);
    this.#done.abort(waitOver);
  }

  async #poll(): Promise<void> {
    const { execs, clock, execId } = this.options;
    let waitMs = firstPollMs;
    let failingSinceMs: number | undefined;
    while (!this.#done.signal.aborted) {
      await clock.sleep(waitMs, AbortSignal.any([this.#done.signal, this.#hurry.signal]));
      if (this.#done.signal.aborted) return;
      if (this.#hurry.signal.aborted) {
        this.#hurry = new AbortController();
        waitMs = firstLookMs;
        await this.told();
        if (this.#done.signal.aborted) return;
      } else waitMs = Math.min(waitMs * 2, pollMs);
      try {
        const { running, exitCode } = await execs.inspect(execId);
        if (!running && exitCode !== undefined) return this.ended(exitCode);
        failingSinceMs = undefined;
      } catch (error) {
        if (hasCode(error, "NotFound")) {
          // A restarted engine has forgotten its execs, and a removed container's went with it.
          throw new FraktiError("Unavailable", `Exec "${execId}" was lost`, { cause: error });
        }
        failingSinceMs ??= clock.monotonicMs();
        if (clock.monotonicMs() - failingSinceMs > maxFailingMs) throw error;
      }
    }
  }
}
