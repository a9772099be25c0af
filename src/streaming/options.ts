/**
 * What a streaming server is made of, and what it offers to main.ts.
 */

import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { SessionKind, StreamingUrls } from "./requests.ts";
import type { StreamingTarget } from "./target.ts";
import type { SessionLimits, UpgradeHandler } from "./upgrade.ts";

/** See {@linkcode StreamingServerOptions.observe}; must not throw. */
export type SessionObserver = (kind: SessionKind) => () => void;

/** Bounds of sessions and of their sockets. */
export interface ServerLimits extends SessionLimits {
  /**
   * After this long without a byte the kernel probes whether the client's machine is still there;
   * how often and how many times before it gives up is the node's setting (sysctl).
   */
  readonly keepAliveMs: number;
}

export interface StreamingServerOptions {
  /** Host name or IP address to listen on. */
  readonly address: string;
  /** 0 = any free port. */
  readonly port: number;
  /** What URLs say: host, or host:port; "" = the address and port that are listened on. */
  readonly advertiseAddress: string;
  /** PEM files, read again when they change; absent = plain HTTP. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  readonly target: StreamingTarget;
  readonly clock: Clock;
  readonly log: Logger;
  /** Takes `Upgrade: websocket`; absent = such requests are refused. */
  readonly webSocket?: UpgradeHandler;
  /** Told of every session that begins; it is told of the end by calling what it returned. */
  readonly observe?: SessionObserver;
  /** Bounds of sessions where they are not the defaults. */
  readonly limits?: Partial<ServerLimits>;
}

export interface StreamingServer {
  readonly urls: StreamingUrls;
  /** The port that is listened on. */
  readonly port: number;
  /** Takes no more clients and ends those that are there within a bound. Idempotent. */
  close(): Promise<void>;
}
