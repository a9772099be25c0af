/**
 * Carries one output of a process to its client, at the client's pace. An output that the client
 * did not ask for is read and discarded: its process must not hang on it.
 */

import type { Clock } from "../lib/clock.ts";
import type { OutputChannel } from "./channels.ts";

/** See the module comment. Begins at once. */
export class OutputPump {
  /** Resolves at the end of the output; rejects when reading it or writing to the client fails. */
  readonly done: Promise<void>;
  readonly #clock: Clock;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #channel: OutputChannel | undefined;
  /** When it began to wait for the process; undefined while the client is written to. */
  #waitingSinceMs: number | undefined;
  #waitedMs = 0;
  #isDone = false;

  constructor(
    output: ReadableStream<Uint8Array>,
    channel: OutputChannel | undefined,
    clock: Clock,
  ) {
    this.#clock = clock;
    this.#reader = output.getReader();
    this.#channel = channel;
    this.done = this.#run().finally(() => this.#isDone = true);
    this.done.catch(() => {}); // Whoever waits for it sees the failure.
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** For how long no output has come; 0 while the client is written to. */
  get quietMs(): number {
    const since = this.#waitingSinceMs;
    return since === undefined ? 0 : this.#clock.monotonicMs() - since;
  }

  /** All the time in which it waited for output, and not for the client. */
  get waitedMs(): number {
    return this.#waitedMs + this.quietMs;
  }

  /** Reads no further. Idempotent. */
  stop(): void {
    this.#reader.cancel().catch(() => {}); // An output that has failed cannot be cancelled either.
  }

  async #run(): Promise<void> {
    for (;;) {
      this.#waitingSinceMs = this.#clock.monotonicMs();
      const { done, value } = await this.#reader.read();
      this.#waitedMs += this.quietMs;
      this.#waitingSinceMs = undefined;
      if (done) return;
      if (value.length > 0) await this.#channel?.write(value);
    }
  }
}
