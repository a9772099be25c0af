/**
 * The URLs at which clients are awaited, and the way back from a request's path.
 */

import type { SessionKind } from "./requests.ts";

const kinds: readonly SessionKind[] = ["exec", "attach", "portforward"];

/** Longer is no token. */
const pathPattern = new RegExp(`^/(${kinds.join("|")})/([\\w-]{1,64})$`);

export interface BaseUrl {
  readonly isTls: boolean;
  /** Host, or host and port; "" = `address` and `port`. */
  readonly advertiseAddress: string;
  readonly address: string;
  readonly port: number;
}

/** What all URLs begin with, as `http://host:port`. */
export function baseUrl({ isTls, advertiseAddress, address, port }: BaseUrl): string {
  const host = advertiseAddress === "" ? address : advertiseAddress;
  const hasPort = /^(?:\[[^\]]*\]|[^:]*):\d+$/.test(host);
  const isBareIpv6 = !hasPort && !host.startsWith("[") && host.includes(":");
  const authority = hasPort ? host : `${isBareIpv6 ? `[${host}]` : host}:${port}`;
  return `${isTls ? "https" : "http"}://${authority}`;
}

export function sessionPath(kind: SessionKind, token: string): string {
  return `/${kind}/${token}`;
}

/** What a request's target asks for; undefined when it is none of ours. */
export function parseSessionPath(
  target: string | undefined,
): { readonly kind: SessionKind; readonly token: string } | undefined {
  const [path = ""] = (target ?? "").split("?", 1);
  const [, kindText, token] = pathPattern.exec(path) ?? [];
  const kind = kinds.find((each) => each === kindText);
  return kind === undefined || token === undefined ? undefined : { kind, token };
}
