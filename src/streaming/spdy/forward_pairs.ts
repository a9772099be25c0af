/**
 * Puts together the two streams of each forwarded connection (reference: CRI §4.4): data and error,
 * with the same request id. Clients of old send no id; their error stream comes first and the data
 * stream has the next id. What does not fit is refused alone, the others go on.
 */

import type { Clock } from "../../lib/clock.ts";
import { resetStatus } from "./frames.ts";
import type { SpdyStream } from "./stream.ts";

/** Both streams of a connection, accepted. */
export interface ForwardPair {
  readonly port: number;
  readonly data: SpdyStream;
  readonly error: SpdyStream;
}

export interface ForwardPairsOptions {
  readonly clock: Clock;
  /** Half a pair is given up after this. */
  readonly creationMs: number;
  onPair(pair: ForwardPair): void;
}

interface HalfPair {
  readonly type: "data" | "error";
  readonly port: number;
  readonly stream: SpdyStream;
  /** Stops waiting for the other half. */
  release(): void;
}

const maxPort = 65_535;

/** What a client may name its request; real ones count. */
const maxRequestIdLength = 256;

/** See the module comment. */
export class ForwardPairs {
  readonly #options: ForwardPairsOptions;
  readonly #halves = new Map<string, HalfPair>();

  constructor(options: ForwardPairsOptions) {
    this.#options = options;
  }

  /** Halves that wait for the other one. */
  get waiting(): number {
    return this.#halves.size;
  }

  /** Takes a new stream. */
  take(stream: SpdyStream): void {
    const type = stream.header("streamtype");
    const port = readPort(stream.header("port"));
    const requestId = stream.header("requestid");
    const isKnown = type === "data" || type === "error";
    if (!isKnown || port === undefined || requestId.length > maxRequestIdLength) {
      return stream.reset(resetStatus.refusedStream);
    }
    stream.accept();
    const errorId = type === "error" ? stream.id : stream.id - 2;
    const key = requestId === "" ? `stream ${errorId}` : `request ${requestId}`;
    const half = this.#halves.get(key);
    if (half === undefined) return this.#wait(key, { type, port, stream });
    half.release();
    if (half.type === type || half.port !== port) {
      const what = half.type === type ? `two ${type} streams` : "streams of two ports";
      for (const each of [half.stream, stream]) refuse(each, `A forwarded connection has ${what}`);
      return;
    }
    const [data, error] = type === "data" ? [stream, half.stream] : [half.stream, stream];
    this.#options.onPair({ port, data, error });
  }

  #wait(key: string, half: Omit<HalfPair, "release">): void {
    const { clock, creationMs } = this.#options;
    const { stream } = half;
    const release = () => {
      cancelTimer();
      stream.gone.removeEventListener("abort", release);
      this.#halves.delete(key);
    };
    const cancelTimer = clock.after(creationMs, () => {
      release();
      refuse(stream, `The other stream did not come within ${creationMs / 1000} s`);
    });
    stream.gone.addEventListener("abort", release, { once: true });
    this.#halves.set(key, { ...half, release });
  }
}

/** Tells why where that can be told, and resets the stream. */
function refuse(stream: SpdyStream, message: string): void {
  if (stream.header("streamtype") === "error") {
    stream.write(new TextEncoder().encode(message)).catch(() => {}); // A lost client is no news.
    stream.end();
  }
  stream.reset(resetStatus.refusedStream);
}

function readPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= maxPort ? port : undefined;
}
