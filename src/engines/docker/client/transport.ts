/**
 * HTTP to the Docker Engine over its unix socket, on `node:http`: kept-alive connections for short
 * reads, one connection each for what acts and for streams; hijacked connections are hijack.ts. Every
 * wait is bounded, every body capped. It knows nothing of what the calls mean.
 */

import { Buffer } from "node:buffer";
import http from "node:http";
import { type Clock, systemClock } from "../../../lib/clock.ts";
import { FraktiError } from "../../../lib/errors.ts";
import {
  accepts,
  errorText,
  headersOf,
  parseBody,
  readBody,
  readStream,
  refuseErrors,
} from "./answer.ts";
import {
  type Answer,
  type Call,
  CallBounds,
  type EngineStream,
  type HijackedStream,
  pathWithQuery,
  type Transport,
} from "./call.ts";
import { answerError, connectionError } from "./errors.ts";
import { hijack } from "./hijack.ts";

/** Where the engine is and how to talk to it. */
export interface SocketTransportOptions {
  readonly socketPath: string;
  /** What stands before every versioned path: "/v1.41". Asked anew for each call. */
  readonly prefix: () => string;
  readonly clock?: Clock;
  /** Deadline of calls that set none. @default 120_000, the kubelet's own request timeout. */
  readonly timeoutMs?: number;
  /** Connections for short calls. @default 32 */
  readonly maxSockets?: number;
  /** Largest answer of a short call. @default 64 MiB */
  readonly maxBodyBytes?: number;
}

const defaultTimeoutMs = 120_000;
const defaultMaxSockets = 32; // More than the kubelet has workers; dockerd serialises below that.
const defaultMaxBodyBytes = 64 * 1024 * 1024; // A list of thousands of containers is about 10 MB.

/** The transport that `main.ts` wires. */
export function socketTransport(options: SocketTransportOptions): Transport {
  const clock = options.clock ?? systemClock;
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const maxBodyBytes = options.maxBodyBytes ?? defaultMaxBodyBytes;
  const maxSockets = options.maxSockets ?? defaultMaxSockets;
  const kept = new http.Agent({ keepAlive: true, maxSockets });
  // Deno sends a request again by itself when the kept-alive connection it took proves stale. The
  // engine may have acted on the first: what acts takes a connection that nobody used before.
  const fresh = new http.Agent({ keepAlive: false, maxSockets });
  const agentFor = (call: Call) => {
    if (call.long) return false;
    return isRepeatable(call) ? kept : fresh;
  };

  const open = (call: Call, bounds: CallBounds): Promise<Opened> =>
    new Promise((resolve, reject) => {
      if (bounds.reason !== undefined) return reject(bounds.reason);
      const { payload, headers } = payloadOf(call);
      const request = http.request({
        socketPath: options.socketPath,
        path: pathWithQuery(call, options.prefix),
        method: call.method,
        agent: agentFor(call),
        headers,
      });
      const onStop = () => {
        request.destroy();
        reject(bounds.reason);
      };
      bounds.signal.addEventListener("abort", onStop, { once: true });
      request.on("error", (error) => {
        bounds.signal.removeEventListener("abort", onStop);
        reject(bounds.reason ?? new ConnectionBroken(error, request.reusedSocket === true));
      });
      request.on("response", (response) => {
        // Its reader is told; without a listener an error before anybody reads would end frakti.
        response.on("error", () => {});
        resolve({ request, response });
      });
      if (call.upload === undefined) request.end(payload);
      else upload(request, call.upload).catch((error) => request.destroy(asError(error)));
    });

  /** Opens, and again once when a kept-alive connection proved to be stale. */
  const openFresh = async (call: Call, bounds: CallBounds): Promise<Opened> => {
    try {
      return await open(call, bounds);
    } catch (error) {
      if (!(error instanceof ConnectionBroken)) throw error;
      if (error.reused && isRepeatable(call)) {
        return await open({ ...call, long: true }, bounds).catch((again) => {
          throw broken(call, again);
        });
      }
      throw broken(call, error);
    }
  };

  return {
    endpoint: `unix://${options.socketPath}`,

    async call(call: Call): Promise<Answer> {
      const bounds = new CallBounds(clock, call, call.timeoutMs ?? timeoutMs);
      try {
        const { response } = await openFresh(call, bounds);
        const status = response.statusCode ?? 0;
        const bytes = await readBody(call, response, bounds, maxBodyBytes);
        if (!accepts(call, status)) throw answerError(call.action, status, errorText(bytes));
        return { status, headers: headersOf(response), body: parseBody(call, bytes) };
      } finally {
        bounds.end();
      }
    },

    async stream(call: Call, idleMs?: number): Promise<EngineStream> {
      const bounds = new CallBounds(clock, call, call.timeoutMs ?? timeoutMs);
      let handedOver = false;
      try {
        const { response } = await openFresh({ ...call, long: true }, bounds);
        await refuseErrors(call, response, bounds);
        bounds.deadline(undefined);
        handedOver = true;
        return {
          headers: headersOf(response),
          close: () => bounds.stop(new FraktiError("Cancelled", `${call.action}: closed`)),
          [Symbol.asyncIterator]: () => readStream(call, response, bounds, idleMs),
        };
      } finally {
        if (!handedOver) bounds.end();
      }
    },

    async hijack(call: Call): Promise<HijackedStream> {
      const bounds = new CallBounds(clock, call, call.timeoutMs ?? timeoutMs);
      try {
        const { payload, headers } = payloadOf(call);
        const path = pathWithQuery(call, options.prefix);
        const request = { method: call.method, path, headers, payload: payload ?? nothing };
        return await hijack(options.socketPath, request, call.action, bounds);
      } finally {
        bounds.end();
      }
    },

    close() {
      kept.destroy();
      fresh.destroy();
    },
  };
}

function isRepeatable({ method, repeatable }: Call): boolean {
  return method === "GET" || repeatable === true;
}

interface Opened {
  readonly request: http.ClientRequest;
  readonly response: http.IncomingMessage;
}

/** A connection that broke before the answer's header; `reused`: it had served calls before. */
class ConnectionBroken extends Error {
  constructor(override readonly cause: Error, readonly reused: boolean) {
    super(cause.message);
  }
}

function broken(call: Call, error: unknown): FraktiError {
  const cause = error instanceof ConnectionBroken ? error.cause : error;
  return connectionError(call.action, cause);
}

const nothing = new Uint8Array(0);

function payloadOf(
  call: Call,
): { readonly payload: Uint8Array | undefined; readonly headers: Record<string, string> } {
  const payload = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
  const headers: Record<string, string> = { Host: "docker", "User-Agent": "frakti" };
  if (payload !== undefined) {
    headers["Content-Type"] = "application/json";
    headers["Content-Length"] = String(payload.length);
  } else if (call.upload !== undefined) {
    headers["Content-Type"] = call.uploadType ?? "application/octet-stream";
    headers["Transfer-Encoding"] = "chunked";
  } else if (call.method !== "GET") {
    headers["Content-Length"] = "0";
  }
  return { payload, headers: { ...headers, ...call.headers } };
}

async function upload(
  request: http.ClientRequest,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of source) {
    if (request.destroyed) return;
    if (!request.write(chunk)) {
      await new Promise<void>((resolve) => {
        const done = () => {
          request.off("drain", done);
          request.off("close", done);
          resolve();
        };
        request.on("drain", done);
        request.on("close", done);
      });
    }
  }
  request.end();
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
