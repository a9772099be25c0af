/**
 * The hook of a transport: an HTTP request that asks for an upgrade, whose token was good, and the
 * sessions that can be run over what becomes of it. The server (server.ts) makes these, a transport
 * (spdy, websocket) takes them over.
 */

import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { CommandChannels, ForwardChannel } from "./channels.ts";
import type { ByteDuplex } from "./duplex.ts";
import type { CommandRequest, ForwardRequest, SessionRequest } from "./requests.ts";

/** Bounds of every session; tests shorten them. */
export interface SessionLimits {
  /** A connection without a byte either way for this long is dropped. */
  readonly idleMs: number;
  /** All streams that a request calls for must be there within this. */
  readonly creationMs: number;
}

/** What can be run over channels; each promise resolves when its session is over and freed, none rejects. */
export interface Sessions {
  /** Gets ready for an exec or attach whose client may have yet to open its channels. */
  command(request: CommandRequest): PreparedCommand;
  /** One forwarded connection: dials the pod and copies both ways. */
  forward(request: ForwardRequest, channel: ForwardChannel): Promise<void>;
  /**
   * Port-forward in its SPDY form over bytes that come from anywhere: many connections, until the
   * client closes. For the tunnel `SPDY/3.1+portforward.k8s.io`; no HTTP upgrade is left in there.
   */
  spdyForward(request: ForwardRequest, duplex: ByteDuplex): Promise<void>;
}

/** One of the two is called, once. */
export interface PreparedCommand {
  /** Starts it, and serves it to its status and the end of the connection. */
  run(channels: CommandChannels): Promise<void>;
  /** The client did not come to it: nothing starts. */
  abandon(): void;
}

/** One client at the door. */
export interface Upgrade {
  readonly request: IncomingMessage;
  /** A TCP or TLS socket. */
  readonly socket: Duplex;
  /** What came behind the request; belongs to the new protocol. */
  readonly head: Buffer;
  /** What the token stood for; used up by now, whatever becomes of this upgrade. */
  readonly session: SessionRequest;
  readonly sessions: Sessions;
  readonly limits: SessionLimits;
  readonly clock: Clock;
  /** Names the connection. Never log the request's URL: it holds the token. */
  readonly log: Logger;
  /** Aborted when the server closes: end the session. */
  readonly closing: AbortSignal;
}

/**
 * Answers the request (refusal.ts for a refusal, then the socket is closed) and serves the
 * connection. Resolves when the connection is over; the server destroys a socket that is left.
 */
export type UpgradeHandler = (upgrade: Upgrade) => Promise<void>;
