/**
 * The WebSocket subprotocols of Kubernetes (reference: CRI §4.3, §4.4) and the choice among those
 * that a client offers. Nothing here touches a connection.
 */

import type { SessionKind } from "../requests.ts";

/** How a message carries its channel and its bytes. */
export type Encoding = "binary" | "base64";

/** Bytes of several channels, a channel number before each message. */
export interface ChannelSubprotocol {
  readonly kind: "channels";
  /** As in Sec-WebSocket-Protocol; "" when the client named none and none is answered. */
  readonly name: string;
  readonly encoding: Encoding;
  /** True when a message `[255, channel]` ends the client's side of a channel (v5). */
  readonly hasCloseSignal: boolean;
}

/** The messages are pieces of one SPDY/3.1 byte stream. */
export interface TunnelSubprotocol {
  readonly kind: "tunnel";
  readonly name: string;
}

export type Subprotocol = ChannelSubprotocol | TunnelSubprotocol;

const none = channels("", "binary");
const v4 = channels("v4.channel.k8s.io", "binary");
const v4Base64 = channels("v4.base64.channel.k8s.io", "base64");

/** Newest first, and of one age the one without base64 first. */
const commandSubprotocols: readonly ChannelSubprotocol[] = [
  { ...channels("v5.channel.k8s.io", "binary"), hasCloseSignal: true },
  v4,
  v4Base64,
  channels("channel.k8s.io", "binary"),
  channels("base64.channel.k8s.io", "base64"),
  none,
];

const forwardSubprotocols: readonly Subprotocol[] = [
  { kind: "tunnel", name: "SPDY/3.1+portforward.k8s.io" },
  v4,
  v4Base64,
  none,
];

function channels(name: string, encoding: Encoding): ChannelSubprotocol {
  return { kind: "channels", name, encoding, hasCloseSignal: false };
}

/** What clients offered, from the value of Sec-WebSocket-Protocol; `[""]` when they named none. */
export function offeredSubprotocols(header: string | undefined): readonly string[] {
  const names = (header ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
  return names.length === 0 ? [""] : names;
}

/** The newest subprotocol of exec and attach that is among `offered`. */
export function chooseForCommand(offered: readonly string[]): ChannelSubprotocol | undefined {
  return commandSubprotocols.find(({ name }) => offered.includes(name));
}

/** The best subprotocol of port-forward that is among `offered`: the tunnel before channels. */
export function chooseForForward(offered: readonly string[]): Subprotocol | undefined {
  return forwardSubprotocols.find(({ name }) => offered.includes(name));
}

/** The names that a session of that kind can be had with, for a refusal. */
export function supportedNames(kind: SessionKind): readonly string[] {
  const known = kind === "portforward" ? forwardSubprotocols : commandSubprotocols;
  return known.map(({ name }) => name).filter((name) => name !== "");
}
