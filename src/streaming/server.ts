/**
 * The streaming server: hands out URLs and awaits their clients. It knows no engine behind its
 * target; what is done with a client is the door's and the transports' business.
 */

import { Door } from "./door.ts";
import { type HttpServer, startHttpServer } from "./http_server.ts";
import type { StreamingServer, StreamingServerOptions } from "./options.ts";
import { baseUrl } from "./urls.ts";

/** How long `close` waits for sessions to end by themselves. */
export const drainMs = 5000;

/**
 * Starts to serve; when it resolves, clients are let in.
 * @throws FraktiError Unavailable when it cannot listen; InvalidArgument when the TLS files are of
 *   no use.
 */
export async function startStreamingServer(
  options: StreamingServerOptions,
): Promise<StreamingServer> {
  const door = new Door(options);
  const { address, port, tls, clock, log } = options;
  const server = await startHttpServer({
    ...{ address, port, clock, log },
    ...(tls === undefined ? {} : { tls }),
    onRequest: (request, response) => door.takeRequest(request, response),
    onUpgrade: (request, socket, head) => door.takeUpgrade(request, socket, head),
  });
  const base = baseUrl({ ...options, port: server.port, isTls: options.tls !== undefined });
  options.log.info("Serving streams", { url: base });
  let closed: Promise<void> | undefined;
  return {
    urls: door.urls(base),
    port: server.port,
    close: () => closed ??= close(options, server, door),
  };
}

async function close(
  { clock, log }: StreamingServerOptions,
  server: HttpServer,
  door: Door,
): Promise<void> {
  server.stop();
  const drained = new AbortController();
  const ended = door.close().then(() => drained.abort());
  await Promise.race([ended, clock.sleep(drainMs, drained.signal)]);
  if (!drained.signal.aborted) log.warn("Streaming sessions were cut off");
  server.destroyConnections();
  log.info("Stopped serving streams");
}
