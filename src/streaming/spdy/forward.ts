/**
 * Port-forward in its SPDY form: any number of connections one after another and side by side over
 * one SPDY connection, until the client closes it.
 */

import type { ForwardChannel } from "../channels.ts";
import type { ByteDuplex } from "../duplex.ts";
import type { ForwardRequest } from "../requests.ts";
import type { Sessions, Upgrade } from "../upgrade.ts";
import { SpdyConnection } from "./connection.ts";
import { refusalLingerMs } from "./connection_options.ts";
import { type ForwardPair, ForwardPairs } from "./forward_pairs.ts";

/** Two for each connection: twice what a browser with many tabs opens. */
const maxStreams = 1024;

/** What it needs of the server. */
export interface ForwardDeps extends Pick<Upgrade, "clock" | "limits" | "closing"> {
  readonly forward: Sessions["forward"];
}

/** Serves to the end of the connection, and of everything forwarded over it. Never rejects. */
export async function serveForward(
  { clock, limits, closing, forward }: ForwardDeps,
  request: ForwardRequest,
  duplex: ByteDuplex,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const pairs = new ForwardPairs({
    clock,
    creationMs: limits.creationMs,
    onPair: (pair) => {
      const session = forward(request, forwardChannel(pair));
      underWay.add(session);
      session.finally(() => underWay.delete(session));
    },
  });
  const connection = new SpdyConnection(duplex, {
    clock,
    idleMs: limits.idleMs,
    maxStreams,
    onStream: (stream) => pairs.take(stream),
  });
  const onClosing = () => {
    connection.close(refusalLingerMs);
  };
  if (closing.aborted) onClosing();
  closing.addEventListener("abort", onClosing, { once: true });
  await connection.closed;
  closing.removeEventListener("abort", onClosing);
  await Promise.all(underWay);
}

function forwardChannel({ port, data, error }: ForwardPair): ForwardChannel {
  error.received.discard(); // A client has nothing to say there.
  const close = async () => {
    for (const stream of [data, error]) {
      stream.end();
      stream.reset();
    }
  };
  return {
    port,
    incoming: data.received.readable,
    gone: data.gone,
    write: (bytes) => data.write(bytes),
    end: () => data.end(),
    fail: async (message) => {
      // Writing nothing sends nothing. A client that is lost is no news.
      error.write(new TextEncoder().encode(message)).catch(() => {});
      // Not its end: what the pod has sent is cut off, and that must not look like all of it.
      data.reset();
      await close();
    },
    close,
  };
}
