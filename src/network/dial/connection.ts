/**
 * An open connection as web streams whose two directions end apart, and which gives its descriptor
 * back once both have ended. (Deno's own streams of a connection close it whole with either.)
 */

import { unavailable } from "../../lib/errors.ts";

/** See `PodConnection` of src/engines/domain.ts, which this is. */
export interface DialedConnection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  close(): void;
}

/** What is used of `Deno.Conn`. */
export type RawConnection = Pick<Deno.Conn, "read" | "write" | "closeWrite" | "close">;

const chunkBytes = 128 * 1024;

/**
 * Takes a connection over. Giving up either direction cuts off both.
 * @param what for errors, e.g. `port 80 in sandbox "x"`.
 */
export function toStreams(connection: RawConnection, what: string): DialedConnection {
  const open = { read: true, write: true };
  const close = () => {
    if (open.read || open.write) connection.close();
    open.read = open.write = false;
  };
  const ended = (direction: keyof typeof open, other: keyof typeof open) => {
    if (open[direction] && !open[other]) connection.close();
    open[direction] = false;
  };
  const broken = (error: unknown) => {
    close();
    return unavailable(`The connection to ${what} broke`, error);
  };
  return {
    readable: new ReadableStream({
      async pull(controller) {
        const buffer = new Uint8Array(chunkBytes);
        try {
          const count = await connection.read(buffer);
          if (count !== null) return controller.enqueue(buffer.subarray(0, count));
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
      async write(chunk) {
        try {
          for (let done = 0; done < chunk.length;) {
            done += await connection.write(chunk.subarray(done));
          }
        } catch (error) {
          throw broken(error);
        }
      },
      async close() {
        try {
          await connection.closeWrite();
        } catch (error) {
          throw broken(error);
        }
        ended("write", "read");
      },
      abort: close,
    }),
    close,
  };
}
