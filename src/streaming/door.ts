/**
 * Lets clients in: one session for each token, over the transport that the client asks for. What
 * comes without a good token, or asks for nothing that is spoken here, is answered with HTTP.
 */

import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { describe } from "../lib/errors.ts";
import type { LogFields } from "../lib/log.ts";
import { withLogFields } from "../lib/log_scope.ts";
import type { ServerLimits, StreamingServerOptions } from "./options.ts";
import { refuse } from "./refusal.ts";
import type { SessionRequest, StreamingUrls } from "./requests.ts";
import { makeSessions } from "./sessions.ts";
import { serveSpdy, spdyUpgrade } from "./spdy/mod.ts";
import { Tokens, tokenTtlMs } from "./tokens.ts";
import type { Upgrade, UpgradeHandler } from "./upgrade.ts";
import { parseSessionPath, sessionPath } from "./urls.ts";

/** As in the reference server. */
export const defaultLimits: ServerLimits = {
  idleMs: 4 * 60 * 60 * 1000,
  creationMs: 30_000,
  keepAliveMs: 30_000,
};

/** As many at once as tokens may wait. */
export const maxSessions = 1000;

type Admission =
  | { readonly kind: "admitted"; readonly session: SessionRequest }
  | {
    readonly kind: "refused";
    readonly status: number;
    readonly message: string;
    readonly headers?: Readonly<Record<string, string>>;
  };

/** What it is made of; `port` and TLS are others' business. */
export type DoorOptions = Pick<
  StreamingServerOptions,
  "target" | "clock" | "log" | "webSocket" | "limits" | "observe"
>;

/** See the module comment. */
export class Door {
  readonly #options: DoorOptions;
  readonly #limits: ServerLimits;
  readonly #tokens: Tokens<SessionRequest>;
  readonly #closing = new AbortController();
  readonly #sessions = new Set<Promise<void>>();
  #served = 0;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#tokens = new Tokens(options.clock);
  }

  /** Sessions under way. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** URLs below `base`, each with a token of its own. */
  urls(base: string): StreamingUrls {
    const url = (session: SessionRequest) =>
      base + sessionPath(session.kind, this.#tokens.issue(session));
    return {
      exec: (request) => url({ kind: "exec", ...request }),
      attach: (request) => url({ kind: "attach", ...request }),
      portForward: (request) => url({ kind: "portforward", ...request }),
    };
  }

  /** Ends every session; resolves when they are over. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#sessions);
  }

  /** A request without an upgrade can only be told what it lacks. */
  takeRequest(request: IncomingMessage, response: ServerResponse): void {
    const admission = this.#admit(request);
    const { status, message, headers } = admission.kind === "refused" ? admission : noUpgrade;
    response.writeHead(status, {
      ...headers,
      "Connection": "close",
      "Content-Type": "text/plain; charset=utf-8",
    });
    response.end(`${message}\n`);
  }

  takeUpgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    socket.on("error", () => socket.destroy()); // Whoever serves it sees it close.
    const { clock, target } = this.#options;
    const admission = this.#admit(request);
    const handler = this.#handlerOf(request);
    if (admission.kind === "refused" || handler === undefined) {
      const { status, message, headers } = admission.kind === "refused" ? admission : noUpgrade;
      return refuse({ socket, clock }, status, message, headers);
    }
    const { session } = admission;
    if (socket instanceof Socket) socket.setKeepAlive(true, this.#limits.keepAliveMs);
    const id = `s${++this.#served}`;
    const log = this.#options.log.with({ session: id, ...logFields(session) });
    const closing = this.#closing.signal;
    const limits = this.#limits;
    this.#run(id, handler, {
      request,
      socket,
      head: Buffer.from(head.buffer, head.byteOffset, head.byteLength),
      session,
      sessions: makeSessions({ target, clock, log, closing, limits }),
      limits,
      clock,
      log,
      closing,
    });
  }

  /** Looks at the token, which is used up by that. */
  #admit({ url, method }: IncomingMessage): Admission {
    const path = parseSessionPath(url);
    const session = path && this.#tokens.take(path.token);
    if (session === undefined || session.kind !== path?.kind) {
      return { kind: "refused", status: 404, message: "Not found" };
    }
    if (method !== "GET" && method !== "POST") {
      const headers = { Allow: "GET, POST" };
      return { kind: "refused", status: 405, message: "Only GET and POST are served", headers };
    }
    if (this.#sessions.size >= maxSessions || this.#closing.signal.aborted) {
      return {
        kind: "refused",
        status: 429,
        message: "Too many sessions",
        headers: { "Retry-After": String(tokenTtlMs / 1000) },
      };
    }
    return { kind: "admitted", session };
  }

  #handlerOf({ headers }: IncomingMessage): UpgradeHandler | undefined {
    const protocol = (headers.upgrade ?? "").trim().toLowerCase();
    if (protocol === spdyUpgrade.toLowerCase()) return serveSpdy;
    return protocol === "websocket" ? this.#options.webSocket : undefined;
  }

  #run(id: string, handler: UpgradeHandler, upgrade: Upgrade): void {
    const { log, socket } = upgrade;
    log.info("Streaming session begins");
    const ended = this.#options.observe?.(upgrade.session.kind);
    const session = withLogFields({ session: id }, () => handler(upgrade)).catch((error) => {
      log.error("Streaming session failed", { error: describe(error) });
      socket.destroy();
    }).finally(() => {
      this.#sessions.delete(session);
      ended?.();
      // One that was refused is still being told so.
      if (!socket.writableEnded) socket.destroy();
    });
    this.#sessions.add(session);
  }
}

const noUpgrade = {
  status: 400,
  message: `Cannot upgrade: only "${spdyUpgrade}" and "websocket" are served`,
  headers: {},
} as const;

/** What a session is about, without its command line, which may hold secrets. */
function logFields(session: SessionRequest): LogFields {
  const { kind } = session;
  return kind === "portforward"
    ? { kind, sandbox: session.sandboxId }
    : { kind, container: session.containerId };
}
