/**
 * A WebSocket as a client sees it (RFC 6455), written by hand: apart from the package that the
 * server uses, so that errors do not cancel out; reading only when asked; and able to break rules.
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { at, concat, readBigEndian, toText } from "./bytes.ts";
import { expectUpgrade, requestUpgrade, type UpgradeAnswer } from "./upgrade.ts";
import type { Wire } from "./wire.ts";

export const opcode = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** A whole message. */
export interface Message {
  readonly isText: boolean;
  readonly bytes: Uint8Array;
}

/** How to connect. */
export interface WebSocketOptions {
  readonly protocols?: readonly string[];
  readonly caCertificate?: string;
}

const keySalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3.
const finBit = 0x80;
const maskBit = 0x80;

/** Asks for a WebSocket; the answer may be a refusal. */
export async function requestWebSocket(
  url: string,
  options: WebSocketOptions = {},
): Promise<UpgradeAnswer> {
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const answer = await requestUpgrade(url, {
    method: "GET",
    headers: [
      ["Connection", "Upgrade"],
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Version", "13"],
      ["Sec-WebSocket-Key", key],
      ...(options.protocols === undefined
        ? []
        : [["Sec-WebSocket-Protocol", options.protocols.join(", ")] as const]),
    ],
    ...(options.caCertificate === undefined ? {} : { caCertificate: options.caCertificate }),
  });
  const accept = createHash("sha1").update(`${key}${keySalt}`).digest("base64");
  if (answer.status === 101 && answer.headers.get("sec-websocket-accept")?.[0] !== accept) {
    throw new Error("The server's Sec-WebSocket-Accept does not fit the key");
  }
  return answer;
}

/** Opens a WebSocket; throws UpgradeRefused when the server does not want it. */
export async function openWebSocket(
  url: string,
  options: WebSocketOptions = {},
): Promise<WebSocketClient> {
  const answer = expectUpgrade(await requestWebSocket(url, options));
  return new WebSocketClient(
    answer.wire,
    answer.headers.get("sec-websocket-protocol")?.[0] ?? "",
  );
}

/** One frame, masked as a client must. */
export function clientFrame(
  code: number,
  payload: Uint8Array,
  options: { readonly isFinal?: boolean; readonly isMasked?: boolean; readonly rsv?: number } = {},
): Uint8Array {
  const { isFinal = true, isMasked = true, rsv = 0 } = options;
  const lengthBytes = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
  const frame = new Uint8Array(2 + lengthBytes + (isMasked ? 4 : 0) + payload.length);
  const view = new DataView(frame.buffer);
  const short = lengthBytes === 0 ? payload.length : lengthBytes === 2 ? 126 : 127;
  frame[0] = (isFinal ? finBit : 0) | (rsv << 4) | code;
  frame[1] = (isMasked ? maskBit : 0) | short;
  if (lengthBytes === 2) view.setUint16(2, payload.length);
  if (lengthBytes === 8) view.setBigUint64(2, BigInt(payload.length));
  const start = frame.length - payload.length;
  frame.set(payload, start);
  if (isMasked) {
    const mask = crypto.getRandomValues(new Uint8Array(4));
    frame.set(mask, start - 4);
    applyMask(frame.subarray(start), mask);
  }
  return frame;
}

function applyMask(bytes: Uint8Array, mask: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = (bytes[index] ?? 0) ^ (mask[index & 3] ?? 0);
  }
}

/** The client's end. */
export class WebSocketClient {
  /** Code and reason, once the server has sent its Close. */
  closing: { readonly code: number; readonly reason: string } | undefined;
  #buffered: Uint8Array = new Uint8Array(0);
  #pongs = 0;

  constructor(readonly wire: Wire, readonly protocol: string) {}

  /** How many PONGs have come. */
  get pongs(): number {
    return this.#pongs;
  }

  send(bytes: Uint8Array, code: number = opcode.binary): Promise<void> {
    return this.wire.write(clientFrame(code, bytes));
  }

  /** The next message; undefined after the server's Close or the end. Answers PINGs. */
  async receive(): Promise<Message | undefined> {
    let parts: Uint8Array[] = [];
    let isText = false;
    for (;;) {
      const frame = await this.#frame();
      if (frame === undefined) return undefined;
      switch (frame.code) {
        case opcode.ping:
          await this.send(frame.payload, opcode.pong);
          continue;
        case opcode.pong:
          this.#pongs++;
          continue;
        case opcode.close:
          this.closing = {
            code: frame.payload.length < 2 ? 1005 : readBigEndian(frame.payload, 0, 2),
            reason: toText(frame.payload.subarray(2)),
          };
          await this.send(frame.payload.subarray(0, 2), opcode.close).catch(() => {}); // May be gone.
          return undefined;
        case opcode.continuation:
          break;
        default:
          parts = [];
          isText = frame.code === opcode.text;
      }
      parts.push(frame.payload);
      if (frame.isFinal) {
        const [only] = parts;
        return { isText, bytes: parts.length === 1 && only ? only : concat(parts) };
      }
    }
  }

  /** Sends a Close and hangs up. */
  async close(): Promise<void> {
    await this.send(Uint8Array.of(0x03, 0xe8), opcode.close).catch(() => {}); // May be gone.
    this.vanish();
  }

  vanish(): void {
    this.wire.close();
  }

  async #frame() {
    if (!await this.#need(2)) return undefined;
    const first = at(this.#buffered, 0);
    const second = at(this.#buffered, 1);
    if ((second & maskBit) !== 0) throw new Error("The server masked a frame");
    if ((first & 0x70) !== 0) throw new Error("The server set reserved bits");
    const short = second & 0x7f;
    const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
    if (!await this.#need(2 + lengthBytes)) return undefined;
    const length = lengthBytes === 0
      ? short
      : lengthBytes === 2
      ? readBigEndian(this.#buffered, 2, 2)
      : readBigEndian(this.#buffered, 6, 4);
    const start = 2 + lengthBytes;
    if (!await this.#need(start + length)) return undefined;
    const payload = this.#buffered.subarray(start, start + length);
    this.#buffered = this.#buffered.subarray(start + length);
    return { code: first & 0x0f, isFinal: (first & finBit) !== 0, payload };
  }

  async #need(count: number): Promise<boolean> {
    if (this.#buffered.length >= count) return true;
    const parts = [this.#buffered];
    let size = this.#buffered.length;
    while (size < count) {
      const bytes = await this.wire.read();
      if (bytes === undefined) return false;
      parts.push(bytes);
      size += bytes.length;
    }
    this.#buffered = concat(parts);
    return true;
  }
}

/** The messages in what a server has said behind its head; one that is not whole is left out. */
export async function parseMessages(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
  let rest: Uint8Array | undefined = bytes;
  const nothing = async () => {};
  const socket = new WebSocketClient({
    read: async () => {
      const all = rest;
      rest = undefined;
      return all;
    },
    ...{ write: nothing, closeWrite: nothing, close: () => {} },
  }, "");
  const messages: Uint8Array[] = [];
  for (;;) {
    const message = await socket.receive();
    if (message === undefined) return messages;
    messages.push(message.bytes);
  }
}
