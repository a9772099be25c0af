/**
 * The `ws` library: the one file that makes WebSockets of upgrade requests. The library does the
 * handshake and the framing (RFC 6455); subprotocols are chosen before, because it does not know
 * the name of the tunnel: a slash is no character of an HTTP token.
 */

import type { Duplex } from "node:stream";
// @ts-types="@types/ws"
import { type WebSocket, WebSocketServer } from "ws";
import type { Upgrade } from "../upgrade.ts";
import { Unmasker } from "./unmask.ts";

const options = {
  noServer: true,
  clientTracking: false,
  // Compression costs more than a node's own network, and is a way to ask for memory.
  perMessageDeflate: false,
  // What other runtimes take: there are clients that send a whole archive in one message.
  maxPayload: 32 * 1024 * 1024,
  // An array entry for every piece of an unfinished message; a full one comes in far fewer.
  maxBufferedChunks: 32 * 1024,
  maxFragments: 4 * 1024,
  // Answered in message_socket.ts, with never more than one pong under way.
  autoPong: false,
};

/**
 * Answers the handshake, with the header of `subprotocol` unless it is "". The WebSocket is paused.
 * undefined when the library has refused the request or the client has gone; the socket is closed
 * then.
 */
export function acceptWebSocket(
  { request, socket, head }: Pick<Upgrade, "request" | "socket" | "head">,
  subprotocol: string,
): Promise<WebSocket | undefined> {
  const server = new WebSocketServer(options);
  server.on("headers", (headers) => {
    if (subprotocol !== "") headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
  });
  delete request.headers["sec-websocket-protocol"];
  return new Promise((resolve) => {
    socket.once("close", () => resolve(undefined));
    server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.pause(); // Before anybody listens, messages would be lost.
      unmaskBefore(socket);
      resolve(webSocket);
    });
  });
}

/** Takes masks off before the library reads what the socket brings, now that it listens. */
function unmaskBefore(socket: Duplex): void {
  const unmasker = new Unmasker();
  socket.prependListener("data", (chunk: Uint8Array) => unmasker.unmask(chunk));
  // Of a socket that was destroyed while paused the library reads the rest without that event.
  socket.prependOnceListener("close", () => {
    const read = socket.read.bind(socket);
    socket.read = (sizeBytes?: number) => {
      const chunk: unknown = read(sizeBytes);
      if (chunk instanceof Uint8Array) unmasker.unmask(chunk);
      return chunk;
    };
  });
}

export type { WebSocket };
