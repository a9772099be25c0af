/**
 * For unit tests: a client made with the `ws` library that sorts what it gets by channel.
 */

import { Buffer } from "node:buffer";
// @ts-types="@types/ws"
import { WebSocket } from "ws";

/** How a connection ended for the client. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export interface FakeClient {
  readonly webSocket: WebSocket;
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  readonly closed: Promise<Closed>;
  /** Everything received on a channel so far, decoded. */
  received(channel: number): Uint8Array;
  /** As text. */
  text(channel: number): string;
  /** The channels of the messages received so far, in order. */
  readonly order: readonly number[];
  /** The size of the largest message so far. */
  readonly largestBytes: number;
  /** Sends on a channel in the form of the subprotocol; resolves when it is with the kernel. */
  send(channel: number, payload: string | Uint8Array): Promise<void>;
  /** Resolves when `condition` holds, looking after every message. Rejects when closed before. */
  until(condition: (client: FakeClient) => boolean): Promise<void>;
}

/** Connects with these offers. Rejects with the status when the server refuses. */
export async function connect(url: string, ...offers: string[]): Promise<FakeClient> {
  const webSocket = new WebSocket(url, offers);
  const channels = new Map<number, Buffer[]>();
  const order: number[] = [];
  const wakes = new Set<() => void>();
  let largestBytes = 0;
  let isClosed = false;
  const closed = new Promise<Closed>((resolve) => {
    webSocket.once("close", (code, reason) => {
      isClosed = true;
      resolve({ code, reason: reason.toString() });
      for (const wake of wakes) wake();
    });
  });
  const isBase64 = () => webSocket.protocol.includes("base64");
  webSocket.on("message", (data) => {
    if (!(data instanceof Buffer)) throw new Error("Not one buffer");
    largestBytes = Math.max(largestBytes, data.length);
    const channel = isBase64() ? Number(data.toString("latin1", 0, 1)) : data[0] ?? -1;
    const payload = data.subarray(1);
    order.push(channel);
    const known = channels.get(channel) ?? [];
    known.push(isBase64() ? Buffer.from(payload.toString("latin1"), "base64") : payload);
    channels.set(channel, known);
    for (const wake of wakes) wake();
  });
  await new Promise<void>((resolve, reject) => {
    webSocket.once("open", resolve);
    webSocket.once("error", reject);
  });
  webSocket.on("error", () => {}); // A close follows.
  const client: FakeClient = {
    webSocket,
    protocol: webSocket.protocol,
    closed,
    received: (channel) => Buffer.concat(channels.get(channel) ?? []),
    text: (channel) => new TextDecoder().decode(client.received(channel)),
    order,
    get largestBytes() {
      return largestBytes;
    },
    send: (channel, payload) =>
      new Promise((resolve, reject) => {
        const bytes = Buffer.from(payload);
        const message = isBase64()
          ? `${channel}${bytes.toString("base64")}`
          : Buffer.concat([Buffer.of(channel), bytes]);
        webSocket.send(message, (error) => error ? reject(error) : resolve());
      }),
    until: async (condition) => {
      while (!condition(client)) {
        if (isClosed) throw new Error("Closed before it came to that");
        await new Promise<void>((resolve) => {
          const wake = () => {
            wakes.delete(wake);
            resolve();
          };
          wakes.add(wake);
        });
      }
    },
  };
  return client;
}
