/**
 * What a client sends to log in at a registry, reduced to one way to do it. Nothing here may end
 * up in a log or an error: values are named, never quoted.
 */

import { invalidArgument } from "../lib/errors.ts";

/** The CRI's forms; every field may be empty. */
export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
  /** base64 of user:password. */
  readonly auth: string;
  /** For whom they are; empty = for the registry of the image. */
  readonly serverAddress: string;
  readonly identityToken: string;
  readonly registryToken: string;
}

/** One way to log in. */
export type Credentials =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  /** To be exchanged for an access token. */
  | { readonly kind: "identityToken"; readonly token: string }
  /** An access token as it is. */
  | { readonly kind: "registryToken"; readonly token: string };

/**
 * The credentials for a registry: the most specific form that is filled in, and none when they
 * are for another server.
 * @param domain the registry of the image, "docker.io" for Docker Hub.
 * @throws FraktiError InvalidArgument when `auth` is not base64 of user:password.
 */
export function credentialsFor(
  auth: RegistryAuth | undefined,
  domain: string,
): Credentials | undefined {
  if (auth === undefined || !isMeantFor(auth.serverAddress, domain)) return undefined;
  if (auth.registryToken !== "") return { kind: "registryToken", token: auth.registryToken };
  if (auth.identityToken !== "") return { kind: "identityToken", token: auth.identityToken };
  if (auth.username !== "") {
    return { kind: "basic", username: auth.username, password: auth.password };
  }
  return auth.auth === "" ? undefined : decodeBasic(auth.auth);
}

function decodeBasic(encoded: string): Credentials {
  const text = decodeBase64(encoded.trim());
  const colon = text?.indexOf(":") ?? -1;
  if (text === undefined || colon < 1) {
    throw invalidArgument("The field auth of the image credentials is not base64 of user:password");
  }
  return {
    kind: "basic",
    username: text.slice(0, colon),
    // Docker's own configuration pads passwords with zero bytes.
    password: text.slice(colon + 1).replace(/^\0+|\0+$/g, ""),
  };
}

function decodeBase64(encoded: string): string | undefined {
  const standard = encoded.replaceAll("-", "+").replaceAll("_", "/");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(standard)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(standard), (char) => char.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined; // The caller says so, without the value.
  }
}

const hubHosts: ReadonlySet<string> = new Set([
  "docker.io",
  "index.docker.io",
  "registry-1.docker.io",
]);

/** Credentials go to the server they name and to nobody else. */
function isMeantFor(serverAddress: string, domain: string): boolean {
  if (serverAddress === "") return true;
  const host = serverAddress.replace(/^[a-z]+:\/\//i, "").split("/")[0] ?? "";
  return host.toLowerCase() === domain.toLowerCase() ||
    (hubHosts.has(host.toLowerCase()) && hubHosts.has(domain.toLowerCase()));
}
