/**
 * The socket of the CRI server: connections are accepted here and handed to gRPC, with an
 * {@linkcode AuthorityFilter} before what they read.
 */

import { createServer, type Server as NetServer, type Socket } from "node:net";
import { wrap } from "../lib/errors.ts";
import { AuthorityFilter } from "./authority.ts";

/** Accepts connections at `path`; each is given to `serve`. Resolves when it listens. */
export function listenForClients(
  path: string,
  serve: (connection: Socket) => void,
): Promise<NetServer> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => serve(filtered(socket)));
    server.once("error", (error) => reject(wrap("Cannot bind", error)));
    server.listen(path, () => resolve(server));
  });
}

/**
 * The socket, whose bytes pass the filter as they are put into it. A stream around it would cost every
 * connection a third more than it takes in all.
 */
function filtered(socket: Socket): Socket {
  const filter = new AuthorityFilter();
  const push = socket.push.bind(socket);
  socket.push = (chunk: Uint8Array | null) => {
    if (chunk === null) return push(null);
    let hasRoom = true;
    for (const part of filter.push(chunk)) hasRoom = push(part);
    return hasRoom;
  };
  return socket;
}
