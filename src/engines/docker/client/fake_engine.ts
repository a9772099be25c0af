/**
 * Engines for unit tests: servers on a unix socket whose answers the test writes.
 */

import http from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";

/** What the fake engine was asked. */
export interface FakeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface FakeEngine {
  readonly socketPath: string;
  readonly requests: readonly FakeRequest[];
  [Symbol.asyncDispose](): Promise<void>;
}

export interface FakeHandlers {
  /** Answers a request; not answering is an engine that hangs. */
  readonly onRequest?: (request: FakeRequest, response: http.ServerResponse) => void;
}

/** Starts a fake engine; dispose of it to end it and its connections. */
export async function startFakeEngine(handlers: FakeHandlers): Promise<FakeEngine> {
  const dir = await Deno.makeTempDir({ prefix: "frakti-fake-engine-" });
  const socketPath = `${dir}/docker.sock`;
  const requests: FakeRequest[] = [];
  const sockets = new Set<Duplex>();
  const server = http.createServer((message, response) => {
    readRequest(message, requests).then((request) => handlers.onRequest?.(request, response));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, () => resolve()));
  return {
    socketPath,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** Answers with JSON. */
export function answerJson(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}

/** Answers GET /version, so that a client can connect; false for everything else. */
export function answerVersion(
  request: FakeRequest,
  response: http.ServerResponse,
  apiVersion = "1.41",
): boolean {
  if (request.url.pathname !== "/version") return false;
  answerJson(response, 200, { Version: "20.10.24", ApiVersion: apiVersion, MinAPIVersion: "1.12" });
  return true;
}

/**
 * An engine that hands its connections over raw: `onRequest` gets each once the header and body of
 * its request are there, and writes the whole answer.
 */
export async function startRawEngine(
  onRequest: (header: string, socket: net.Socket) => void,
): Promise<Omit<FakeEngine, "requests">> {
  const dir = await Deno.makeTempDir({ prefix: "frakti-fake-engine-" });
  const socketPath = `${dir}/docker.sock`;
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    let text = "";
    const onData = (chunk: Uint8Array) => {
      text += new TextDecoder("latin1").decode(chunk);
      const end = text.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end === -1 || text.length < end + 4 + length) return;
      socket.off("data", onData);
      onRequest(text.slice(0, end), socket);
    };
    socket.on("data", onData);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, () => resolve()));
  return {
    socketPath,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await Deno.remove(dir, { recursive: true });
    },
  };
}

async function readRequest(
  message: http.IncomingMessage,
  requests: FakeRequest[],
): Promise<FakeRequest> {
  let body = "";
  for await (const chunk of message) body += String(chunk);
  const request = describeRequest(message, body);
  requests.push(request);
  return request;
}

function describeRequest(message: http.IncomingMessage, body: string): FakeRequest {
  return {
    method: message.method ?? "",
    url: new URL(message.url ?? "/", "http://docker"),
    headers: message.headers,
    body,
  };
}
