/**
 * The messages of the channel subprotocols: which channel one belongs to and what it carries, and
 * the way back. Pure functions; a broken message is told as a violation, never thrown.
 *
 * Whether a message came as text or binary is not looked at: clients send text in the binary forms
 * too (decision 0065).
 */

import { Buffer } from "node:buffer";
import type { ChannelSubprotocol, Encoding } from "./subprotocols.ts";

/** Close codes of RFC 6455, section 7.4.1, and of the registry it opened. */
export const closeCodes = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  invalidPayload: 1007,
  messageTooBig: 1009,
  tryAgainLater: 1013,
} as const;

/** The client broke the protocol; its session ends with this code and reason. */
export interface Violation {
  readonly kind: "violation";
  readonly code: number;
  /** At most 123 bytes: it travels in a control frame. */
  readonly reason: string;
}

/** What a message means. */
export type ChannelMessage =
  | { readonly kind: "data"; readonly channel: number; readonly bytes: Uint8Array }
  /** The client will send no more on that channel. */
  | { readonly kind: "end"; readonly channel: number }
  /** Empty, or for a channel that nobody reads. */
  | { readonly kind: "ignored" }
  | Violation;

const closeSignal = 255;

/** Channel 0 of the base64 forms is the digit zero, and so on. */
const base64ChannelZero = "0".charCodeAt(0);

/** The last ASCII character that can be seen. */
const maxPrintable = "~".charCodeAt(0);

/**
 * Reads a message of a session that has `channelCount` channels, of which it reads those that
 * `isRead` names. What other channels carry is not decoded.
 */
export function readChannelMessage(
  { encoding, hasCloseSignal }: ChannelSubprotocol,
  message: Uint8Array,
  channelCount: number,
  isRead: (channel: number) => boolean,
): ChannelMessage {
  const first = message[0];
  if (first === undefined) return { kind: "ignored" };
  if (hasCloseSignal && first === closeSignal) return readCloseSignal(message, channelCount);
  const channel = encoding === "binary" ? first : first - base64ChannelZero;
  if (channel < 0 || channel >= channelCount || !isRead(channel)) return { kind: "ignored" };
  const payload = message.subarray(1);
  if (encoding === "binary") return { kind: "data", channel, bytes: payload };
  const bytes = decodeBase64(payload);
  if (bytes !== undefined) return { kind: "data", channel, bytes };
  return {
    kind: "violation",
    code: closeCodes.invalidPayload,
    reason: `Malformed base64 on channel ${channel}`,
  };
}

function readCloseSignal(message: Uint8Array, channelCount: number): ChannelMessage {
  const [, channel] = message;
  const code = closeCodes.protocolError;
  if (channel === undefined || message.length !== 2) {
    const reason = `A close signal has 2 bytes, not ${message.length}`;
    return { kind: "violation", code, reason };
  }
  if (channel >= channelCount) {
    return { kind: "violation", code, reason: `There is no channel ${channel} to close` };
  }
  return { kind: "end", channel };
}

/** undefined when it is not base64 of the standard alphabet with its padding. */
function decodeBase64(text: Uint8Array): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(toLatin1(text), { lastChunkHandling: "strict" });
  } catch {
    return undefined;
  }
}

function toLatin1({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("latin1");
}

/** The highest channel number that an encoding can name; base64 forms name it in one ASCII byte. */
export function maxChannel(encoding: Encoding): number {
  return encoding === "binary" ? 255 : maxPrintable - base64ChannelZero;
}

/** A message to the client, text in the base64 forms. */
export function writeChannelMessage(
  encoding: Encoding,
  channel: number,
  bytes: Uint8Array,
): Uint8Array | string {
  if (encoding === "base64") {
    return String.fromCharCode(base64ChannelZero + channel) + bytes.toBase64();
  }
  const message = new Uint8Array(1 + bytes.length);
  message[0] = channel;
  message.set(bytes, 1);
  return message;
}

/** What one message to a client carries at most, as from other runtimes: clients buffer that. */
const maxPieceBytes = 32 * 1024;

/** Cuts output into what one message carries; no pieces for no bytes. */
export function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += maxPieceBytes) {
    yield bytes.subarray(start, start + maxPieceBytes);
  }
}
