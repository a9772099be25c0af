/**
 * Port-forward over WebSocket channels: the i-th port of the request has its data on channel 2i and
 * its errors on channel 2i+1 (reference: CRI §4.4). One connection per port, made at once.
 *
 * The form has no half-close. When the pod ends its side, the port is over: what the client has
 * sent until then still reaches the pod, and the WebSocket is closed when every port is over. When
 * the client says goodbye, the pod sees the end behind everything the client had sent (decision
 * 0066).
 */

import type { ForwardChannel } from "../channels.ts";
import type { ForwardRequest } from "../requests.ts";
import type { Sessions } from "../upgrade.ts";
import {
  maxChannel,
  piecesOf,
  readChannelMessage,
  writeChannelMessage,
} from "./channel_messages.ts";
import { Inbound } from "./inbound.ts";
import type { MessageSocket } from "./message_socket.ts";
import type { ChannelSubprotocol, Encoding } from "./subprotocols.ts";

/** How many ports the channel numbers of an encoding suffice for. */
export function maxPorts(encoding: Encoding): number {
  return Math.floor((maxChannel(encoding) + 1) / 2);
}

/** Forwards the ports of `request` until all are over, then ends the WebSocket. Never rejects. */
export async function serveForwardChannels(
  messages: MessageSocket,
  { forward }: Pick<Sessions, "forward">,
  subprotocol: ChannelSubprotocol,
  request: ForwardRequest,
): Promise<void> {
  const ports = request.ports.map((port, index) =>
    new ForwardPort(messages, subprotocol.encoding, port, 2 * index)
  );
  const channelCount = 2 * ports.length;
  messages.start({
    message: (bytes) => {
      const isData = (channel: number) => channel % 2 === 0;
      const message = readChannelMessage(subprotocol, bytes, channelCount, isData);
      if (message.kind === "violation") messages.fail(message.code, message.reason);
      if (message.kind === "data") ports[message.channel / 2]?.inbound.push(message.bytes);
    },
    over: (error) => {
      for (const { inbound } of ports) {
        if (error === undefined) inbound.end();
        else inbound.fail(error);
      }
    },
  });
  await Promise.all(ports.map(async (port) => {
    port.announce();
    await forward(request, port);
    await port.close();
  }));
  await messages.close();
}

class ForwardPort implements ForwardChannel {
  readonly inbound: Inbound;
  readonly #messages: MessageSocket;
  readonly #encoding: Encoding;
  readonly #dataChannel: number;
  #isOver = false;

  constructor(
    messages: MessageSocket,
    encoding: Encoding,
    readonly port: number,
    dataChannel: number,
  ) {
    this.inbound = new Inbound(messages);
    this.#messages = messages;
    this.#encoding = encoding;
    this.#dataChannel = dataChannel;
  }

  get incoming(): ReadableStream<Uint8Array> {
    return this.inbound.stream;
  }

  get gone(): AbortSignal {
    return this.#messages.gone;
  }

  /** The first message on either channel tells the port, low byte first. */
  announce(): void {
    const port = Uint8Array.of(this.port & 0xff, this.port >> 8);
    for (const channel of [this.#dataChannel, this.#dataChannel + 1]) {
      this.#send(channel, port).catch(() => {}); // The session is told by `gone`.
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (const piece of piecesOf(bytes)) await this.#send(this.#dataChannel, piece);
  }

  async end(): Promise<void> {
    this.inbound.end();
  }

  async fail(message: string): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.inbound.discard();
    if (message === "") return;
    try {
      await this.#send(this.#dataChannel + 1, new TextEncoder().encode(message));
    } catch {
      return; // Nobody is there to be told.
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.inbound.discard();
  }

  #send(channel: number, bytes: Uint8Array): Promise<void> {
    return this.#messages.send(writeChannelMessage(this.#encoding, channel, bytes));
  }
}
