/**
 * An open connection as web streams whose two directions end apart, and which gives its descriptor
 * back once both have ended. (Deno's own streams of a connection close it whole with either.)
 */

import { unavailable } from "../../lib/errors.ts";
import { writeAll } from "../../lib/files.ts";
import { ReadBuffer } from "../../lib/read_buffer.ts";
import type { RelayEnd } from "./relay.ts";

/** See `PodConnection` of src/engines/domain.ts, which this is. */
export interface DialedConnection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  close(): void;
}

export interface StreamOptions {
  /** For errors, e.g. `port 80 in sandbox "x"`. */
  readonly what: string;
  /** Called once, when it is closed. `isCutOff`: before both directions had ended. */
  readonly onEnd?: (isCutOff: boolean) => void;
}

/** Takes a connection over. Giving up either direction cuts off both. */
export function toStreams(connection: RelayEnd, options: StreamOptions): DialedConnection {
  const open = { read: true, write: true };
  const finish = (isCutOff: boolean) => {
    connection.close();
    options.onEnd?.(isCutOff);
  };
  const close = () => {
    if (!open.read && !open.write) return;
    open.read = open.write = false;
    finish(true);
  };
  const ended = (direction: keyof typeof open, other: keyof typeof open) => {
    if (!open[direction]) return;
    open[direction] = false;
    if (!open[other]) finish(false);
  };
  const broken = (error: unknown) => {
    close();
    return unavailable(`The connection to ${options.what} broke`, error);
  };
  const buffer = new ReadBuffer();
  return {
    readable: new ReadableStream({
      async pull(controller) {
        try {
          const bytes = await buffer.readFrom(connection);
          // A copy of its size costs less than a buffer for every read.
          if (bytes !== undefined) return controller.enqueue(bytes.slice());
        } catch (error) {
          if (!open.read) return controller.close(); // Closed by us.
          throw broken(error);
        }
        ended("read", "write");
        controller.close();
      },
      cancel: close,
    }, { highWaterMark: 0 }),
    writable: new WritableStream({
      write: (chunk) => writeAll(connection, chunk).catch((error) => Promise.reject(broken(error))),
      async close() {
        await connection.closeWrite().catch((error) => Promise.reject(broken(error)));
        ended("write", "read");
      },
      abort: close,
    }),
    close,
  };
}
