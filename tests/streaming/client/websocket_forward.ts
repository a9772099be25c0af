/**
 * Port-forward over WebSocket: the channel form, with ports that the RPC named, and the tunnel, in
 * whose messages the bytes of a SPDY connection travel.
 */

import { at } from "./bytes.ts";
import { ByteQueue } from "./byte_queue.ts";
import type { ForwardedConnection } from "./session.ts";
import { SpdyConnection } from "./spdy.ts";
import { type ForwardOptions, SpdyForward } from "./spdy_forward.ts";
import { openWebSocket, type WebSocketClient } from "./websocket.ts";
import { decodeMessage, encodeMessage } from "./websocket_command.ts";
import type { Wire } from "./wire.ts";

/** The subprotocol of the tunnel. */
export const tunnelProtocol = "SPDY/3.1+portforward.k8s.io";

/** Opens the URL of a PortForward answer through the tunnel. */
export async function openTunnelForward(
  url: string,
  options: ForwardOptions = {},
): Promise<SpdyForward> {
  const socket = await openWebSocket(url, {
    protocols: [tunnelProtocol],
    ...(options.caCertificate === undefined ? {} : { caCertificate: options.caCertificate }),
  });
  if (socket.protocol !== tunnelProtocol) throw new Error(`No tunnel, but "${socket.protocol}"`);
  const connection = new SpdyConnection(new TunnelWire(socket), options.maxStreamBytes);
  return new SpdyForward(connection, options);
}

/** A WebSocket whose binary messages are a stream of bytes. */
class TunnelWire implements Wire {
  constructor(readonly socket: WebSocketClient) {}

  async read(): Promise<Uint8Array | undefined> {
    return (await this.socket.receive())?.bytes;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.socket.send(bytes);
  }

  async closeWrite(): Promise<void> {
    await this.socket.close();
  }

  close(): void {
    this.socket.vanish();
  }
}

/** Opens the URL of a PortForward answer in the channel form; `portCount` as the RPC named. */
export async function openWebSocketForward(
  url: string,
  portCount: number,
  protocols?: readonly string[],
): Promise<WebSocketForward> {
  const socket = await openWebSocket(url, protocols === undefined ? {} : { protocols });
  return new WebSocketForward(socket, portCount);
}

/** Channels 2i and 2i+1 of the i-th port. */
export class WebSocketForward {
  readonly ports: readonly ForwardedChannel[];
  readonly closed: Promise<void>;

  constructor(readonly socket: WebSocketClient, portCount: number) {
    this.ports = Array.from(
      { length: portCount },
      (_, index) => new ForwardedChannel(socket, index),
    );
    this.closed = this.#pump();
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
        const { number, bytes } = decodeMessage(this.socket.protocol, message.bytes);
        const port = this.ports[number >> 1];
        if (port === undefined) throw new Error(`A message on channel ${number}`);
        const wait = port.take(number % 2 === 1, bytes);
        if (wait !== undefined) await wait;
      }
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    for (const port of this.ports) port.finish(failure);
    this.socket.vanish();
  }
}

/** The one connection that a port has in this form. */
class ForwardedChannel implements ForwardedConnection {
  readonly received = new ByteQueue();
  readonly error = new ByteQueue();
  /** The port as the server told it first on each channel. */
  readonly announced: { data?: number; error?: number } = {};

  constructor(readonly socket: WebSocketClient, readonly index: number) {}

  async write(bytes: Uint8Array): Promise<void> {
    const { protocol } = this.socket;
    await this.socket.send(...encodeMessage(protocol, 2 * this.index, bytes));
  }

  end(): Promise<void> {
    return Promise.reject(new Error("The channel form cannot half-close"));
  }

  take(isError: boolean, bytes: Uint8Array): Promise<void> | void {
    const key = isError ? "error" : "data";
    if (this.announced[key] === undefined && bytes.length >= 2) {
      // Little-endian, unlike everything around it.
      this.announced[key] = at(bytes, 0) + 256 * at(bytes, 1);
      bytes = bytes.subarray(2);
    }
    return (isError ? this.error : this.received).push(bytes);
  }

  finish(error?: Error): void {
    this.received.end(error);
    this.error.end(error);
  }
}
