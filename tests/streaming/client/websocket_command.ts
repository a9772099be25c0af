/** Exec and attach over WebSocket: a channel number in front of each message. */

import { Buffer } from "node:buffer";
import { at, concat, toText, utf8 } from "./bytes.ts";
import { ByteQueue } from "./byte_queue.ts";
import type { CommandOptions, CommandSession } from "./session.ts";
import { opcode, openWebSocket, type WebSocketClient } from "./websocket.ts";

/** What the channels of a message mean. */
export const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

const zeroDigit = 0x30;
const maxMessageBytes = 32 * 1024; // As client-go copies.

/** Opens the URL of an Exec or Attach answer; without protocols, names none. */
export async function openWebSocketCommand(
  url: string,
  options: CommandOptions,
): Promise<WebSocketCommand> {
  const socket = await openWebSocket(url, options);
  return new WebSocketCommand(socket, options.maxStreamBytes);
}

/** A session over WebSocket. */
export class WebSocketCommand implements CommandSession {
  readonly stdout: ByteQueue;
  readonly stderr: ByteQueue;
  readonly error: ByteQueue;
  readonly closed: Promise<void>;
  /** Channels of the messages that came without content: the first is the server's "ready". */
  readonly emptyMessages: number[] = [];
  readonly #channels: ReadonlyMap<number, ByteQueue>;

  constructor(readonly socket: WebSocketClient, maxStreamBytes?: number) {
    this.stdout = new ByteQueue(maxStreamBytes);
    this.stderr = new ByteQueue(maxStreamBytes);
    this.error = new ByteQueue(maxStreamBytes);
    this.#channels = new Map([
      [channel.stdout, this.stdout],
      [channel.stderr, this.stderr],
      [channel.error, this.error],
    ]);
    this.closed = this.#pump();
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  async writeStdin(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; start += maxMessageBytes) {
      await this.sendOn(channel.stdin, bytes.subarray(start, start + maxMessageBytes));
    }
  }

  async endStdin(): Promise<void> {
    if (!this.protocol.startsWith("v5.")) throw new Error("Only v5 can end stdin");
    await this.socket.send(Uint8Array.of(channel.close, channel.stdin));
  }

  async resize(columns: number, rows: number): Promise<void> {
    const size = utf8(JSON.stringify({ Width: columns, Height: rows }));
    await this.sendOn(channel.resize, size);
  }

  /** Sends a message on any channel. */
  sendOn(number: number, bytes: Uint8Array): Promise<void> {
    return this.socket.send(...encodeMessage(this.protocol, number, bytes));
  }

  async close(): Promise<void> {
    await this.socket.close();
    await this.closed;
  }

  vanish(): void {
    this.socket.vanish();
  }

  async #pump(): Promise<void> {
    let failure: Error | undefined;
    try {
      for (;;) {
        const message = await this.socket.receive();
        if (message === undefined) break;
        const { number, bytes } = decodeMessage(this.protocol, message.bytes);
        const queue = this.#channels.get(number);
        if (queue === undefined) throw new Error(`A message on channel ${number}`);
        if (bytes.length === 0) this.emptyMessages.push(number);
        const wait = queue.push(bytes);
        if (wait !== undefined) await wait;
      }
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    for (const queue of this.#channels.values()) queue.end(failure);
    this.socket.vanish();
  }
}

/** Whether a protocol sends text: a digit and base64. */
export function isBase64(protocol: string): boolean {
  return protocol.includes("base64.");
}

/** The payload and opcode of a message. */
export function encodeMessage(
  protocol: string,
  number: number,
  bytes: Uint8Array,
): [Uint8Array, number] {
  if (!isBase64(protocol)) return [concat([Uint8Array.of(number), bytes]), opcode.binary];
  return [utf8(`${number}${Buffer.from(bytes).toString("base64")}`), opcode.text];
}

/** The channel and content of a message. */
export function decodeMessage(protocol: string, message: Uint8Array) {
  if (!isBase64(protocol)) return { number: at(message, 0), bytes: message.subarray(1) };
  const text = toText(message.subarray(1));
  return {
    number: at(message, 0) - zeroDigit,
    bytes: new Uint8Array(Buffer.from(text, "base64")),
  };
}
