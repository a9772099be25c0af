/**
 * Credentials as skopeo reads them (containers-auth.json(5)): from a file that only root can read,
 * never from the command line, which everybody on the node can see.
 */

import { Buffer } from "node:buffer";
import type { Credentials } from "../../../images/mod.ts";

/** The credentials that a file can carry. */
export type FileCredentials = Exclude<Credentials, { readonly kind: "registryToken" }>;

/**
 * The file's text with `credentials` for every host of `hosts`; without credentials it holds none,
 * so that what else lies about on the node is not sent.
 */
export function renderAuthFile(
  hosts: readonly string[],
  credentials: FileCredentials | undefined,
): string {
  const entry = credentials === undefined ? undefined : entryOf(credentials);
  return JSON.stringify({
    auths: entry === undefined ? {} : Object.fromEntries(hosts.map((host) => [host, entry])),
  });
}

function entryOf(credentials: FileCredentials): Readonly<Record<string, string>> {
  switch (credentials.kind) {
    case "basic":
      return { auth: base64(`${credentials.username}:${credentials.password}`) };
    case "identityToken":
      // The user's name is what registries of this kind expect beside a token for exchange.
      return {
        auth: base64("00000000-0000-0000-0000-000000000000:"),
        identitytoken: credentials.token,
      };
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
