/** The ways a client can come to forward ports. */

import {
  type ForwardedConnection,
  openSpdyForward,
  openTunnelForward,
  openWebSocketForward,
  type SpdyForward,
} from "./client/mod.ts";
import { forwardUrl, type PodHost, type TestPod } from "./support.ts";

/** A client's connection to the server. */
export interface Forwarder {
  connect(port: number): Promise<ForwardedConnection>;
  /** When the server has closed, or the connection broke. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
  vanish(): void;
}

/** One way to come. */
export interface ForwardTransport {
  readonly name: string;
  /** Whether a direction can end by itself, and a port be connected to more than once. */
  readonly canEnd: boolean;
  /** `ports` are those that will be connected to. */
  open(host: PodHost, pod: TestPod, ports: readonly number[]): Promise<Forwarder>;
}

type OpenUrl = (url: string) => Promise<SpdyForward>;

function spdyLike(name: string, open: OpenUrl): ForwardTransport {
  return { name, canEnd: true, open: async (host, pod) => open(await forwardUrl(host, pod)) };
}

function channels(protocol: string | undefined): ForwardTransport {
  return {
    name: `WebSocket ${protocol ?? "without a protocol"}`,
    canEnd: false,
    async open(host, pod, ports) {
      const url = await forwardUrl(host, pod, ports);
      const protocols = protocol === undefined ? undefined : [protocol];
      const forward = await openWebSocketForward(url, ports.length, protocols);
      return {
        async connect(port) {
          const connection = forward.ports[ports.indexOf(port)];
          if (connection === undefined) throw new Error(`Port ${port} was not asked for`);
          return connection;
        },
        closed: forward.closed,
        close: () => forward.close(),
        vanish: () => forward.vanish(),
      };
    },
  };
}

/** Every way there is. */
export const forwardTransports: readonly ForwardTransport[] = [
  spdyLike("SPDY", (url) => openSpdyForward(url)),
  spdyLike("SPDY without request ids", (url) => openSpdyForward(url, { hasRequestIds: false })),
  spdyLike("SPDY in a WebSocket", (url) => openTunnelForward(url)),
  channels("v4.channel.k8s.io"),
  channels("v4.base64.channel.k8s.io"),
  channels(undefined),
];

/** The two that today's clients use. */
export const mainForwardTransports = forwardTransports.filter(({ name }) =>
  name === "SPDY" || name === "SPDY in a WebSocket"
);
