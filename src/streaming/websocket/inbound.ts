/**
 * What a client sends on one channel, between the messages that arrive and the reader that takes
 * them. It holds a little; with more waiting the WebSocket is paused, which slows the client down.
 */

import type { MessageSocket } from "./message_socket.ts";

/** From here on the WebSocket is paused. One message can go far beyond it. */
const fullBytes = 128 * 1024;

/** Down to this it goes on: a pause for every message would cost more than the message. */
const lowBytes = fullBytes / 2;

/** What a waiting message costs beside its bytes, so that many tiny ones count. */
const messageCostBytes = 64;

export class Inbound {
  /** What the client sent. */
  readonly stream: ReadableStream<Uint8Array>;
  readonly #messages: Pick<MessageSocket, "pause" | "resume" | "hold">;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** undefined while more can come. */
  #end: { readonly error: Error | undefined } | undefined;
  #isCancelled = false;
  #wake: () => void = () => {};

  constructor(messages: Pick<MessageSocket, "pause" | "resume" | "hold">) {
    this.#messages = messages;
    this.stream = new ReadableStream<Uint8Array>({
      pull: (controller) => this.#pull(controller),
      cancel: () => {
        this.#isCancelled = true;
        this.discard();
      },
    }, { highWaterMark: 0 });
  }

  /** Takes what arrived; nothing after the end. */
  push(bytes: Uint8Array): void {
    if (this.#end !== undefined || bytes.length === 0) return;
    // A few bytes must not keep the large buffer they came in. (The slice of a Buffer would.)
    const isSmallPart = bytes.buffer.byteLength > 2 * bytes.length;
    this.#waiting.push(isSmallPart ? new Uint8Array(bytes) : bytes);
    this.#account(bytes.length + messageCostBytes);
    if (this.#waitingBytes >= fullBytes) this.#messages.pause(this);
    this.#wake();
  }

  /** No more will come; what waits can still be read. */
  end(): void {
    this.#end ??= { error: undefined };
    this.#wake();
  }

  /** The client is gone: what waits is dropped and reading fails. */
  fail(error: Error): void {
    this.#end ??= { error };
    if (this.#end.error !== undefined) this.#drop();
    this.#wake();
  }

  /** Nobody reads any more: drops what waits and what still comes. Idempotent. */
  discard(): void {
    this.#drop();
    this.end();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (this.#waiting.length === 0 && this.#end === undefined) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.#isCancelled) return;
    const bytes = this.#waiting.shift();
    if (bytes !== undefined) {
      this.#account(-(bytes.length + messageCostBytes));
      if (this.#waitingBytes <= lowBytes) this.#messages.resume(this);
      controller.enqueue(bytes);
    } else if (this.#end?.error !== undefined) controller.error(this.#end.error);
    else controller.close();
  }

  #drop(): void {
    this.#waiting = [];
    this.#account(-this.#waitingBytes);
    this.#messages.resume(this);
  }

  #account(bytes: number): void {
    this.#waitingBytes += bytes;
    this.#messages.hold(this, this.#waitingBytes);
  }
}
