/**
 * The gRPC server of the CRI: all API packages on one unix socket. It meets a client's retries,
 * cancellations and oversized messages; what a call does is the handlers' business.
 */

import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { NodeApi } from "../node/api.ts";
import { CallsUnderWay } from "./calls_under_way.ts";
import { type CallObserver, type DispatchContext, implement } from "./dispatch.ts";
import { listenForClients } from "./connections.ts";
import { imageHandlers, runtimeHandlers } from "./handlers.ts";
import { maxMessageBytes } from "./limits.ts";
import { serviceDefinition } from "./rpc.ts";
import { closeSessionsLater } from "./session_close.ts";
import type { StreamingUrls } from "./streaming.ts";
import { ownSocket } from "./unix_socket.ts";
import { runtime } from "./versions/runtime.ts";
import { v1 } from "./versions/v1.ts";
import { v1alpha2 } from "./versions/v1alpha2.ts";

/** What the server is made of. */
export interface CriServerOptions {
  /** Absolute path; parents are made, a socket that nobody serves is replaced. */
  readonly socketPath: string;
  readonly node: NodeApi;
  readonly log: Logger;
  readonly clock: Clock;
  /** How the runtime names itself in Version; the version is a semantic one. */
  readonly runtime: { readonly name: string; readonly version: string };
  /** Told of every call that was answered, for metrics. */
  readonly observe?: CallObserver;
  /** Where Exec, Attach and PortForward send clients; absent = Unimplemented. */
  readonly streaming?: StreamingUrls;
  /**
   * Leaves connections to the end of the process, for a process that is about to exit: closing
   * them has aborted processes (docs/decisions/0006-departing-clients.md).
   */
  readonly keepsConnections?: boolean;
  /** How long `close` waits for calls under way. Default: {@linkcode defaultDrainMs}. */
  readonly drainMs?: number;
}

/** A server that answers. */
export interface CriServer {
  /**
   * Takes no more calls, ends event streams, lets other calls finish for `drainMs`, then cuts them
   * off. Removes the socket if it is still ours. Idempotent.
   */
  close(): Promise<void>;
}

/** Longer than most calls take, shorter than the 90 s after which systemd kills a service. */
export const defaultDrainMs = 20_000;

/** Answers are with HTTP/2 when calls are over; this lets them reach the socket. */
const flushMs = 50;

const apiPackages = [v1, v1alpha2, runtime];

/**
 * Starts to serve; when it resolves, the socket is there and calls are answered.
 * @throws FraktiError AlreadyExists when another process serves the socket.
 */
export async function startCriServer(options: CriServerOptions): Promise<CriServer> {
  const { socketPath, log, clock } = options;
  const closing = new AbortController();
  const underWay = new CallsUnderWay();
  let calls = 0;
  const context: DispatchContext = {
    deps: {
      node: options.node,
      clock,
      runtime: options.runtime,
      streaming: options.streaming,
    },
    log,
    closing: closing.signal,
    underWay,
    observe: options.observe ?? (() => {}),
    nextCallId: () => `c${++calls}`,
  };
  const server = new Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
    "grpc.enable_channelz": 0, // Nobody can ask for what it would note of each connection and call.
  });
  for (const each of apiPackages) {
    server.addService(
      serviceDefinition(each.runtime.table),
      implement(context, each, each.runtime, runtimeHandlers),
    );
    server.addService(
      serviceDefinition(each.image.table),
      implement(context, each, each.image, imageHandlers),
    );
  }
  const clients = server.createConnectionInjector(ServerCredentials.createInsecure());
  closeSessionsLater(server);
  let listener: { close(): void } | undefined;
  const socket = await ownSocket(socketPath, async (bindPath) => {
    listener = await listenForClients(bindPath, (client) => clients.injectConnection(client));
  }).catch(
    (error) => {
      server.forceShutdown();
      throw error;
    },
  );
  log.info("Serving the CRI", { socket: socketPath });

  const shutDown = async () => {
    closing.abort();
    await socket.release();
    const drained = await drain(underWay, clock, options.drainMs ?? defaultDrainMs);
    await clock.sleep(flushMs);
    listener?.close();
    if (options.keepsConnections !== true) server.forceShutdown();
    if (!drained) log.warn("Calls under way were cut off", { socket: socketPath });
    log.info("Stopped serving the CRI", { socket: socketPath });
  };
  let closed: Promise<void> | undefined;
  return { close: () => closed ??= shutDown() };
}

/** Whether every call ended by itself. */
async function drain(
  underWay: CallsUnderWay,
  clock: Clock,
  drainMs: number,
): Promise<boolean> {
  const stopped = new AbortController();
  const idle = underWay.idle().then(() => true);
  const late = clock.sleep(drainMs, stopped.signal).then(() => false);
  const drained = await Promise.race([idle, late]);
  stopped.abort();
  return drained;
}
