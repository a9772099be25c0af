/**
 * The socket of the CRI server: connections are accepted here and handed to gRPC as streams whose
 * incoming bytes have passed {@linkcode AuthorityFilter}.
 */

import { createServer, type Server as NetServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { wrap } from "../lib/errors.ts";
import { AuthorityFilter } from "./authority.ts";

/** Accepts connections at `path`; each is given to `serve`. Resolves when it listens. */
export function listenForClients(
  path: string,
  serve: (connection: Duplex) => void,
): Promise<NetServer> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => serve(filtered(socket)));
    server.once("error", (error) => reject(wrap("Cannot bind", error)));
    server.listen(path, () => resolve(server));
  });
}

/** A client's socket with what it sends filtered. */
function filtered(socket: Socket): Duplex {
  const filter = new AuthorityFilter();
  const stream = new Duplex({
    read() {
      socket.resume();
    },
    write(chunk: Uint8Array, _encoding, done) {
      socket.write(chunk, done);
    },
    final(done) {
      socket.end(done);
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk: Uint8Array) => {
    for (const part of filter.push(chunk)) {
      if (!stream.push(part)) socket.pause();
    }
  });
  socket.on("end", () => stream.push(null));
  // A client that goes is no error of anybody's: what it had asked for is cancelled with its session.
  socket.on("error", () => stream.destroy());
  socket.on("close", () => stream.destroy());
  return stream;
}
