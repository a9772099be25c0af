/**
 * Keeps a client that says goodbye from ending the process. When a client's GOAWAY arrives, the
 * HTTP/2 session closes itself while nghttp2 is still at work on that frame, and frees what
 * nghttp2 goes on to use: after some hundred calls on a connection Deno 2.9 aborts. A close that
 * waits for the frame to be over is harmless. Called by server.ts once the server is bound.
 */

import { EventEmitter } from "node:events";
import type { ServerHttp2Session } from "node:http2";
import type { Server } from "@grpc/grpc-js";
import { internal } from "../lib/errors.ts";

/** Where grpc-js 1.14 keeps the HTTP/2 servers below a gRPC server; it has no public way to them. */
const serversField = "http2Servers";

/**
 * Makes sessions that begin from now on close outside of their own frames.
 * @throws FraktiError Internal when this grpc-js keeps its servers elsewhere.
 */
export function closeSessionsLater(server: Server): void {
  const servers: unknown = Reflect.get(server, serversField);
  const emitters = servers instanceof Map ? [...servers.keys()] : [];
  if (emitters.length === 0) throw internal(`This grpc-js has no field "${serversField}"`);
  for (const emitter of emitters) {
    if (!(emitter instanceof EventEmitter)) throw internal("An HTTP/2 server has no events");
    emitter.on("session", (session: ServerHttp2Session) => {
      const close = session.close.bind(session);
      session.close = (callback) => {
        setImmediate(() => close(callback));
      };
    });
  }
}
