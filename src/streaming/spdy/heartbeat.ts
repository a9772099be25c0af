/**
 * Writes to a client that is not read from: a socket that nobody reads does not tell that its
 * client has vanished, one that is written to does.
 *
 * What is written is the answer to a ping that was never sent, which clients must ignore. A ping of
 * ours would be answered, and spdystream answers where it handles the frames of streams: with its
 * own sending held up it would take no more output either, for which the process may be waiting.
 */

import type { Clock } from "../../lib/clock.ts";
import { ping } from "./frames.ts";

export const heartbeatMs = 10_000;

/** Odd, as the pings of clients, which count up from 1. */
const unaskedId = 0xffff_ffff;

/** See the module comment. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #send: (frame: Uint8Array) => Promise<void>;
  #isUnderWay = false;
  #isWanted = false;
  #cancel: (() => void) | undefined;

  /** `send` resolves or rejects when the frame has left. */
  constructor(clock: Clock, send: (frame: Uint8Array) => Promise<void>) {
    this.#clock = clock;
    this.#send = send;
  }

  /** The client is not read from. Idempotent. */
  start(): void {
    this.#isWanted = true;
    this.#cancel ??= this.#clock.after(heartbeatMs, () => this.#elapsed());
  }

  /**
   * It is read from again. Idempotent. The timer is left to run out: in a fast upload this comes
   * thousands of times a second.
   */
  rest(): void {
    this.#isWanted = false;
  }

  /** The client is gone. Idempotent. */
  stop(): void {
    this.rest();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #elapsed(): void {
    this.#cancel = undefined;
    if (!this.#isWanted) return;
    this.#beat();
    this.start();
  }

  /** With never more than one under way, a client that does not read costs no memory. */
  #beat(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    const done = () => {
      this.#isUnderWay = false;
    };
    this.#send(ping(unaskedId)).then(done, done);
  }
}
