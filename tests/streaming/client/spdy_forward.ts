/** Port-forward over SPDY: many connections over one, as kubectl does it. */

import type { ByteQueue } from "./byte_queue.ts";
import type { ForwardedConnection } from "./session.ts";
import { SpdyConnection, type SpdyStream } from "./spdy.ts";
import { expectUpgrade, requestSpdy } from "./upgrade.ts";

/** The only version there is. */
export const portForwardProtocol = "portforward.k8s.io";

/** How to open a forwarder. */
export interface ForwardOptions {
  readonly maxStreamBytes?: number;
  /** Clients before Kubernetes 1.2 sent none: then the order of streams makes the pairs. */
  readonly hasRequestIds?: boolean;
  readonly caCertificate?: string;
}

/** Opens the URL of a PortForward answer. */
export async function openSpdyForward(
  url: string,
  options: ForwardOptions = {},
): Promise<SpdyForward> {
  const answer = await requestSpdy(url, [portForwardProtocol], {
    ...(options.caCertificate === undefined ? {} : { caCertificate: options.caCertificate }),
  });
  expectUpgrade(answer);
  return new SpdyForward(new SpdyConnection(answer.wire, options.maxStreamBytes), options);
}

/** A connection over which ports of one pod are reached. */
export class SpdyForward {
  #requests = 0;

  constructor(readonly connection: SpdyConnection, readonly options: ForwardOptions = {}) {}

  /** Connects to a port of the pod; the two streams are taken when this resolves. */
  async connect(port: number): Promise<SpdyForwarded> {
    const { connection } = this;
    if (this.options.hasRequestIds === false) return await this.#connectInOrder(port);
    const common = { port: String(port), requestid: String(this.#requests++) };
    const error = await connection.openStreamAndWait({ streamtype: "error", ...common });
    await error.end(); // kubectl never writes to it and says so.
    const data = await connection.openStreamAndWait({ streamtype: "data", ...common });
    return new SpdyForwarded(data, error);
  }

  /** The ids of the two streams have to follow each other: that makes them a pair. */
  async #connectInOrder(port: number): Promise<SpdyForwarded> {
    const opening = ["error", "data"].map((streamtype) =>
      this.connection.openStream({ streamtype, port: String(port) })
    );
    const [error, data] = await Promise.all(opening);
    if (error === undefined || data === undefined) throw new Error("A stream is missing");
    await Promise.all([error.replied, data.replied]);
    await error.end();
    return new SpdyForwarded(data, error);
  }

  get closed(): Promise<void> {
    return this.connection.closed;
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  vanish(): void {
    this.connection.vanish();
  }
}

/** One connection into the pod. */
export class SpdyForwarded implements ForwardedConnection {
  readonly received: ByteQueue;
  readonly error: ByteQueue;

  constructor(readonly data: SpdyStream, readonly errorStream: SpdyStream) {
    this.received = data.received;
    this.error = errorStream.received;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.data.write(bytes);
  }

  end(): Promise<void> {
    return this.data.end();
  }

  /** Drops the connection in the middle. */
  reset(): Promise<void> {
    return this.data.reset();
  }
}
