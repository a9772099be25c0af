/**
 * A connection that HTTP has handed over (attach, exec): raw bytes both ways with back-pressure
 * and half-close. Used by the transport only.
 */

import type { Duplex } from "node:stream";
import type { IncomingMessage } from "node:http";
import { FraktiError } from "../../../lib/errors.ts";
import type { HijackedStream } from "./call.ts";
import { connectionError } from "./errors.ts";

/**
 * Wraps a socket. `head`: what arrived together with the header. `body`: where the bytes come from
 * when the engine answered 200, whose body the HTTP parser reads.
 */
export function hijacked(
  action: string,
  socket: Duplex,
  head: Uint8Array,
  body?: IncomingMessage,
): HijackedStream {
  let failure: unknown;
  let destroyed = false;
  socket.on("error", (error) => failure ??= error);
  socket.pause();

  return {
    output: {
      [Symbol.asyncIterator]: () => read(action, body ?? socket, head, () => destroyed),
    },

    write(bytes) {
      return new Promise((resolve, reject) => {
        if (destroyed || socket.destroyed || socket.writableEnded) {
          return reject(gone(action, failure));
        }
        // The callback comes when the bytes are handed to the kernel: that is the back-pressure.
        socket.write(bytes, (error) => error ? reject(gone(action, error)) : resolve());
      });
    },

    closeWrite() {
      return new Promise((resolve) => {
        if (socket.destroyed || socket.writableEnded) return resolve();
        socket.once("close", resolve);
        socket.end(() => resolve());
      });
    },

    destroy() {
      destroyed = true;
      body?.destroy();
      socket.destroy();
    },
  };
}

async function* read(
  action: string,
  source: AsyncIterable<unknown>,
  head: Uint8Array,
  isDestroyed: () => boolean,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  try {
    for await (const chunk of source) {
      if (chunk instanceof Uint8Array) yield chunk;
    }
  } catch (error) {
    if (isDestroyed()) return;
    throw connectionError(action, error);
  }
}

function gone(action: string, cause: unknown): FraktiError {
  return new FraktiError("Unavailable", `${action}: the connection is closed`, {
    ...(cause === undefined ? {} : { cause }),
  });
}
