/**
 * Carries what a client sends to a process or a pod, at their pace, and its end as well. Whoever
 * reads no more has seen enough: that is no failure, and the rest is discarded. A client that
 * breaks off has not ended its input: half of a script must not pass for all of it.
 */

/** Carries one stream. Begins at once. */
export class InputPump {
  /** Resolves when everything was handed on, or there is no point in going on. Never rejects. */
  readonly done: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #isStopped = false;

  /** Without an `input` everything is discarded. */
  constructor(incoming: ReadableStream<Uint8Array>, input: WritableStream<Uint8Array> | undefined) {
    this.#reader = incoming.getReader();
    if (input === undefined) this.stop();
    this.done = input === undefined ? Promise.resolve() : this.#run(input.getWriter());
  }

  /** Reads no further, and ends nothing; what the client still sends is discarded. Idempotent. */
  stop(): void {
    this.#isStopped = true;
    this.#reader.cancel().catch(() => {}); // A client that is gone cannot be told.
  }

  async #run(input: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    input.closed.catch(() => {}); // The write that fails tells.
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) break;
        await input.write(value);
      }
      if (!this.#isStopped) await input.close();
    } catch {
      this.stop();
    }
  }
}
