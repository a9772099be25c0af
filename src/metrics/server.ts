/**
 * The HTTP server of `/metrics`, `/healthz` and `/readyz`. Serves few clients, small requests and
 * nothing that changes anything; whoever reaches the address may read it.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isIPv6 } from "node:net";
import { unavailable } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";

/** What the server tells. */
export interface MetricsPages {
  /** The text of `/metrics`. */
  render(): Promise<string>;
  /** Why the node takes no pods; empty when it does. */
  notReady(): readonly string[];
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

const contentType = "text/plain; version=0.0.4; charset=utf-8";

/** What a client may take. */
export interface MetricsLimits {
  /** For a request, and between two. */
  readonly requestMs: number;
  /** How often it is looked at whose time is up. */
  readonly checkMs: number;
}

const defaultLimits: MetricsLimits = { requestMs: 10_000, checkMs: 5000 };

/** Prometheus, a second one, a probe, and a person. */
export const maxConnections = 16;
const maxHeaderBytes = 8 * 1024;

/**
 * Listens on `address` ("host:port", IPv6 in brackets; port 0 = any).
 * @throws FraktiError Unavailable when it cannot.
 */
export async function startMetricsServer(
  address: string,
  pages: MetricsPages,
  log: Logger,
  { requestMs, checkMs }: MetricsLimits = defaultLimits,
): Promise<MetricsServer> {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  const port = Number(address.slice(colon + 1));
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    requestTimeout: requestMs,
    headersTimeout: requestMs,
    keepAliveTimeout: requestMs,
    connectionsCheckingInterval: checkMs,
  }, (request, response) => {
    answer(request, response, pages).catch((error) => {
      log.warn("Cannot answer a request for metrics", { error });
      response.destroy();
    });
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(unavailable(`Cannot listen on "${address}"`, error)));
    server.listen(port, host === "" ? undefined : host, () => resolve());
  });
  const bound = server.address();
  const boundPort = typeof bound === "object" && bound !== null ? bound.port : port;
  log.info("Serving metrics", { url: `http://${urlHost(host)}:${boundPort}/metrics` });
  return {
    port: boundPort,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function urlHost(host: string): string {
  if (host === "") return "0.0.0.0";
  return isIPv6(host) ? `[${host}]` : host;
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  pages: MetricsPages,
): Promise<void> {
  const send = (status: number, text: string, type = "text/plain; charset=utf-8") => {
    const length = new TextEncoder().encode(text).length;
    response.writeHead(status, { "Content-Type": type, "Content-Length": length });
    response.end(method === "HEAD" ? undefined : text);
  };
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return send(405, "Only GET and HEAD are served\n");
  }
  switch ((url ?? "").split("?")[0]) {
    case "/metrics":
      return send(200, await pages.render(), contentType);
    case "/healthz":
      // Alive is all it says: an engine that is down is mended by no restart of frakti.
      return send(200, "ok\n");
    case "/readyz": {
      const reasons = pages.notReady();
      return reasons.length === 0 ? send(200, "ok\n") : send(503, `${reasons.join("\n")}\n`);
    }
    default:
      return send(404, "There are /metrics, /healthz and /readyz\n");
  }
}
