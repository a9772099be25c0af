/**
 * Pings and pongs of one WebSocket. A ping is answered with never more than one pong under way: a
 * client that pings and does not read must not fill the memory (RFC 6455, section 5.5.3 allows to
 * answer the newest only).
 *
 * While a WebSocket is paused, pings wait behind the data that nobody takes, and clients give up
 * after a minute without a pong. So it sends pongs unasked then (section 5.5.3). They also find out
 * that the client has vanished, which a socket that is not read does not tell.
 */

import type { Clock } from "../../lib/clock.ts";

/** What it needs of a WebSocket. */
interface PingSocket {
  on(event: "ping", listener: (data: Uint8Array) => void): unknown;
  pong(data: Uint8Array, mask: boolean, sent: () => void): void;
}

/** Well within the 61 s after which clients of Kubernetes give up. */
export const unaskedPongMs = 10_000;

const nothing = new Uint8Array(0);

export class Heartbeat {
  readonly #webSocket: PingSocket;
  readonly #clock: Clock;
  #isUnderWay = false;
  /** What the newest ping said that came while a pong was under way. */
  #unanswered: Uint8Array | undefined;
  #cancel: (() => void) | undefined;

  /** Answers pings from now on. */
  constructor(webSocket: PingSocket, clock: Clock) {
    this.#webSocket = webSocket;
    this.#clock = clock;
    webSocket.on("ping", (data) => this.#pong(data));
  }

  /** The WebSocket is paused: begins to send pongs unasked. Idempotent. */
  start(): void {
    this.#cancel ??= this.#clock.after(unaskedPongMs, () => {
      this.#cancel = undefined;
      this.#pong(nothing);
      this.start();
    });
  }

  /** Sends no more pongs unasked. Idempotent. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #pong(data: Uint8Array): void {
    if (this.#isUnderWay) {
      this.#unanswered = data;
      return;
    }
    this.#isUnderWay = true;
    this.#webSocket.pong(data, false, () => {
      this.#isUnderWay = false;
      const next = this.#unanswered;
      this.#unanswered = undefined;
      if (next !== undefined) this.#pong(next);
    });
  }
}
