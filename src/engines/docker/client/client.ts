/**
 * The Docker client: one connection pool, one negotiated API version, one method per endpoint.
 * It never retries what could act twice, holds no state about containers, and decides nothing.
 * The engine's verbs (src/engines/docker/*.ts) are its only callers.
 */

import type { Clock } from "../../../lib/clock.ts";
import { unavailable } from "../../../lib/errors.ts";
import { type ApiVersion, formatApiVersion, negotiateApiVersion } from "./api_version.ts";
import type { Transport } from "./call.ts";
import { containersApi, type DockerContainersApi } from "./containers.ts";
import { type DockerEvents, type EventsOptions, openEvents } from "./events.ts";
import { type DockerExecsApi, execsApi } from "./execs.ts";
import { type DockerImagesApi, imagesApi } from "./images.ts";
import {
  askDiskUsage,
  askInfo,
  askVersion,
  type DockerDiskUsage,
  type DockerInfo,
  type DockerVersion,
  ping,
} from "./system.ts";
import { socketTransport } from "./transport.ts";

export interface DockerClientOptions {
  /** Absolute path of the engine's unix socket. */
  readonly socketPath: string;
  /** Speak exactly this version; for tests and for engines that lie. */
  readonly pinnedApiVersion?: ApiVersion;
  readonly clock?: Clock;
  /** Deadline of short calls. @default 120_000 */
  readonly timeoutMs?: number;
}

/** What `connect` learned. */
export interface DockerConnection {
  readonly apiVersion: ApiVersion;
  readonly server: DockerVersion;
}

export interface DockerClient {
  /** "unix:///var/run/docker.sock". */
  readonly endpoint: string;
  readonly containers: DockerContainersApi;
  readonly images: DockerImagesApi;
  readonly execs: DockerExecsApi;
  /**
   * Asks the engine who it is and agrees on a version. Call it again after the engine came back:
   * it may be another one. Until it has succeeded once every other call is Unavailable.
   * @throws FraktiError Unavailable; FailedPrecondition when there is no common version.
   */
  connect(): Promise<DockerConnection>;
  /** What the last `connect` learned. */
  connection(): DockerConnection | undefined;
  /** The negotiated version. @throws FraktiError Unavailable before the first `connect`. */
  apiVersion(): ApiVersion;
  /** Resolves when the engine answers; within 10 s either way. */
  ping(): Promise<void>;
  info(): Promise<DockerInfo>;
  diskUsage(): Promise<DockerDiskUsage>;
  /** Subscribes to events; resolves once the engine has begun to send. */
  events(options: EventsOptions): Promise<DockerEvents>;
  /** Closes idle connections. */
  close(): void;
}

/** A client for the engine behind a unix socket; connects to nothing yet. */
export function dockerClient(options: DockerClientOptions): DockerClient {
  let connection: DockerConnection | undefined;
  const apiVersion = () => {
    if (connection === undefined) {
      throw unavailable(`Docker at "${transport.endpoint}" is not connected yet`);
    }
    return connection.apiVersion;
  };
  const transport: Transport = socketTransport({
    socketPath: options.socketPath,
    prefix: () => `/v${formatApiVersion(apiVersion())}`,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  return {
    endpoint: transport.endpoint,
    containers: containersApi(transport),
    images: imagesApi(transport, apiVersion),
    execs: execsApi(transport),
    async connect() {
      const server = await askVersion(transport);
      connection = { server, apiVersion: negotiateApiVersion(server, options.pinnedApiVersion) };
      return connection;
    },
    connection: () => connection,
    apiVersion,
    ping: () => ping(transport),
    info: () => askInfo(transport),
    diskUsage: () => askDiskUsage(transport, apiVersion()),
    events: (eventOptions) => openEvents(transport, eventOptions),
    close: () => transport.close(),
  };
}

const unixScheme = "unix://";

/**
 * The socket path of an endpoint as configuration names it: "unix:///path" or "/path".
 * @returns undefined when it is anything else (tcp:// is not supported).
 */
export function socketPathOf(endpoint: string): string | undefined {
  const path = endpoint.startsWith(unixScheme) ? endpoint.slice(unixScheme.length) : endpoint;
  return path.startsWith("/") ? path : undefined;
}
