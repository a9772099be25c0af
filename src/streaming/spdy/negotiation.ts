/**
 * Agreeing on what is spoken over SPDY streams: the client names its protocols in order of
 * preference, the first one that frakti speaks too is taken (reference: CRI §4.1).
 */

import type { SessionKind } from "../requests.ts";

export const versionHeader = "X-Stream-Protocol-Version";
export const acceptedHeader = "X-Accepted-Stream-Protocol-Versions";

/** Newest first; `v5` exists over WebSocket only. */
const commandProtocols = [
  "v4.channel.k8s.io",
  "v3.channel.k8s.io",
  "v2.channel.k8s.io",
  "channel.k8s.io",
] as const;

const forwardProtocols = ["portforward.k8s.io"] as const;

/** A client may name as many as it likes; more than these are not looked at. */
const maxOffered = 100;

export function supportedProtocols(kind: SessionKind): readonly string[] {
  return kind === "portforward" ? forwardProtocols : commandProtocols;
}

/** The protocols in the header's lines; each line may be a comma-separated list. */
export function offeredProtocols(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(",", maxOffered)).slice(0, maxOffered)
    .map((name) => name.trim()).filter((name) => name !== "");
}

/** The client's first choice that is supported; undefined when there is none. */
export function chooseProtocol(
  offered: readonly string[],
  supported: readonly string[],
): string | undefined {
  return offered.find((name) => supported.includes(name));
}

/** Whether a protocol of remotecommand has a stream for the size of the terminal. */
export function hasResizeStream(protocol: string): boolean {
  return /^v[34]\./.test(protocol);
}
