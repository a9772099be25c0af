/** Connections to localhost of this process's own network namespace: for pods on the host's. */

import type { Clock } from "../../lib/clock.ts";
import { unavailable } from "../../lib/errors.ts";
import { type DialedConnection, toStreams } from "./connection.ts";
import { connectLocalhost } from "./localhost.ts";

/** A listener on localhost answers at once; one whose queue is full after some retries. */
export const connectTimeoutMs = 10_000;

/** @throws FraktiError Unavailable when nobody listens or answers in time. */
export async function dialLocalhost(port: number, clock: Clock): Promise<DialedConnection> {
  const connection = await connectLocalhost(port, {
    clock,
    timeoutMs: connectTimeoutMs,
    connect: connectTcp,
  });
  return toStreams(connection, { what: `port ${port} of localhost` });
}

/** Opens one connection. */
export async function connectTcp(
  target: { readonly hostname: string; readonly port: number; readonly signal: AbortSignal },
): Promise<Deno.TcpConn> {
  const connection = await Deno.connect(target);
  const { localAddr: { hostname, port } } = connection;
  // Where nobody listens on a port of the dynamic range, a connection can be made to itself.
  if (port === target.port && hostname === target.hostname) {
    connection.close();
    throw unavailable("Connection refused");
  }
  return connection;
}
