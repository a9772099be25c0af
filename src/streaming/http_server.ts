/**
 * The HTTP server below streaming: listens, with or without TLS, keeps bounds on what comes before
 * a request is read, and remembers its sockets so that it can be closed.
 */

import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../lib/clock.ts";
import { unavailable } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { readTlsPair, type TlsFiles, watchTlsPair } from "./tls_files.ts";

export interface HttpServerOptions {
  readonly address: string;
  readonly port: number;
  readonly tls?: TlsFiles;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where they are not the defaults. */
  readonly limits?: Partial<HttpLimits>;
  /** A request that asks for no upgrade. */
  onRequest(request: http.IncomingMessage, response: http.ServerResponse): void;
  /** One that does. */
  onUpgrade(request: http.IncomingMessage, socket: Duplex, head: Uint8Array): void;
}

export interface HttpServer {
  readonly port: number;
  /** Takes no more connections; those that are there go on. */
  stop(): void;
  /** Cuts off every connection. */
  destroyConnections(): void;
}

/** What a client may take before its request is read. */
export interface HttpLimits {
  /** One more is closed at once. */
  readonly maxConnections: number;
  /** For the head of a request, and before that for TLS. */
  readonly headMs: number;
  /** How often it is looked at whose time is up. */
  readonly checkMs: number;
}

const defaultLimits: HttpLimits = {
  // Sessions, and some more that wait to be told that there is no room.
  maxConnections: 1200,
  headMs: 10_000,
  checkMs: 5000,
};

/** Kubelets send some hundred bytes. */
const maxHeadBytes = 16 * 1024;

const keepAliveMs = 5000;

/** How long a client whose request was no HTTP may take to read that. */
const lingerMs = 1000;

/** @throws FraktiError Unavailable when it cannot listen; InvalidArgument as for the TLS files. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { tls, log } = options;
  const { maxConnections, headMs, checkMs } = { ...defaultLimits, ...options.limits };
  const limits = {
    maxHeaderSize: maxHeadBytes,
    headersTimeout: headMs,
    requestTimeout: headMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: checkMs,
  };
  let unwatch = () => {};
  let server: http.Server;
  if (tls === undefined) server = http.createServer(limits);
  else {
    const pair = await readTlsPair(tls);
    const secure = https.createServer({ ...limits, ...pair, handshakeTimeout: headMs });
    unwatch = watchTlsPair(options, tls, pair, (changed) => secure.setSecureContext(changed));
    server = secure;
  }
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", options.onRequest);
  server.on("upgrade", options.onUpgrade);
  server.on("clientError", (error: Error, socket: Duplex) => refuseGarbage(options, error, socket));
  server.on("tlsClientError", (error: Error) => {
    log.debug("TLS client refused", { error: error.message });
  });
  server.maxConnections = maxConnections;
  const stop = () => {
    unwatch();
    server.close();
  };
  try {
    await listen(server, options);
  } catch (error) {
    stop();
    throw unavailable(`Cannot listen on ${options.address} port ${options.port}`, error);
  }
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    stop,
    destroyConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function listen(server: http.Server, { address, port }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.off("error", reject);
      server.on("error", () => {}); // Of connections that were gone before they were accepted.
      resolve();
    });
  });
}

const statusOfError: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

function refuseGarbage({ clock }: HttpServerOptions, error: Error, socket: Duplex): void {
  if (socket.destroyed || socket.writableEnded) return;
  const cancel = clock.after(lingerMs, () => socket.destroy());
  socket.once("close", cancel);
  socket.once("error", () => socket.destroy());
  const code = "code" in error ? String(error.code) : "";
  const status = statusOfError[code] ?? "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
