/**
 * A TLS connection to the one server whose certificate is known: nothing is written to another, so
 * that one that has taken the address does not read the token in the request.
 */

import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { connect, type TLSSocket } from "node:tls";
import { unavailable } from "../lib/errors.ts";

export const handshakeTimeoutMs = 10_000;

/**
 * Connects and compares the certificate with the first one of the PEM file.
 * @throws FraktiError Unavailable when another one is shown, none is known, or time is up.
 */
export async function connectPinned(
  { hostname, port }: Pick<URL, "hostname" | "port">,
  certFile: string | undefined,
): Promise<TLSSocket> {
  const pinned = certFile === undefined ? undefined : new X509Certificate(await readFile(certFile));
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? 443 : Number(port),
    // The server is this node's own and its certificate is known: no authority is asked.
    rejectUnauthorized: false,
  });
  try {
    await secured(socket);
    const shown = socket.getPeerX509Certificate()?.fingerprint256;
    if (pinned !== undefined && shown === pinned.fingerprint256) return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.destroy();
  throw unavailable("The streaming server does not show the certificate of the configuration");
}

function secured(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(handshakeTimeoutMs, () => {
      reject(unavailable("The streaming server does not answer in TLS"));
    });
    socket.once("secureConnect", () => {
      socket.setTimeout(0);
      resolve();
    });
    socket.once("error", reject);
    socket.once("close", () => reject(unavailable("The server closed the connection")));
  });
}
