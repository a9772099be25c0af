/**
 * Carries what a client sends to a process or a pod, at their pace, and its end as well. Whoever
 * reads no more has seen enough: that is no failure, and the rest is discarded.
 */

/** Carries one stream. Begins at once. */
export class InputPump {
  /** Resolves when everything was handed on, or nobody takes it any more. Never rejects. */
  readonly done: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  /** Without an `input` everything is discarded. */
  constructor(incoming: ReadableStream<Uint8Array>, input: WritableStream<Uint8Array> | undefined) {
    this.#reader = incoming.getReader();
    if (input === undefined) this.stop();
    this.done = input === undefined ? Promise.resolve() : this.#run(input.getWriter());
  }

  /** Reads no further; what the client still sends is discarded. Idempotent. */
  stop(): void {
    this.#reader.cancel().catch(() => {}); // A client that is gone cannot be told.
  }

  async #run(input: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    input.closed.catch(() => {}); // The write that fails tells.
    try {
      for (;;) {
        const value = await this.#read();
        if (value === undefined) break;
        await input.write(value);
      }
      await input.close();
    } catch {
      this.stop();
    }
  }

  /** A client that breaks off has ended its input, too: nobody shall wait for the rest. */
  async #read(): Promise<Uint8Array | undefined> {
    try {
      return (await this.#reader.read()).value;
    } catch {
      return undefined;
    }
  }
}
