/**
 * The bytes of one SPDY connection in the binary messages of a WebSocket, for the subprotocol
 * `SPDY/3.1+portforward.k8s.io`. Where a message ends means nothing.
 */

import { joinBytes } from "../../lib/bytes.ts";
import type { ByteDuplex, DuplexReader } from "../duplex.ts";
import { closeCodes } from "./channel_messages.ts";
import type { MessageSocket } from "./message_socket.ts";

/** What one message carries at most. */
const maxMessageBytes = 64 * 1024;

/** Takes the WebSocket over; its messages wait until `start`. */
export class TunnelDuplex implements ByteDuplex {
  readonly #messages: MessageSocket;

  constructor(messages: MessageSocket) {
    this.#messages = messages;
  }

  start(reader: DuplexReader): void {
    let isClosed = false;
    const close = (error: Error | undefined) => {
      if (isClosed) return;
      isClosed = true;
      reader.closed(error);
    };
    this.#messages.start({
      message: (bytes, isText) => {
        // Clients that tunnel SPDY send no text, and take none.
        if (isText) this.#messages.fail(closeCodes.unsupportedData, "A tunnel carries no text");
        else if (bytes.length > 0) reader.data(bytes);
      },
      over: close,
    });
    this.#messages.closed.then(() => close(undefined));
  }

  pause(): void {
    this.#messages.pause(this);
  }

  resume(): void {
    this.#messages.resume(this);
  }

  async write(...pieces: readonly Uint8Array[]): Promise<void> {
    const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
    const messages = sizeBytes <= maxMessageBytes ? [joinBytes(pieces)] : pieces;
    await Promise.all(messages.map((message) => this.#messages.send(message)));
  }

  /** A WebSocket has no half-close: the end of our direction is that of the tunnel. */
  end(): void {
    this.#messages.close().catch(() => {}); // It is told by `closed`.
  }

  destroy(): void {
    this.#messages.terminate();
  }
}
