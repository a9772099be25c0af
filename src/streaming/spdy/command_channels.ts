/**
 * The channels of exec and attach, made of the client's SPDY streams.
 */

import type { CommandChannels, OutputChannel } from "../channels.ts";
import { Resizes } from "../resizes.ts";
import { type CommandOutcome, encodeStatus, statusFormOf } from "../status.ts";
import type { CommandStreams } from "./command_streams.ts";
import type { SpdyConnection } from "./connection.ts";
import { readResizes } from "./resize_stream.ts";
import type { SpdyStream } from "./stream.ts";

/** See the module comment. */
export class SpdyCommandChannels implements CommandChannels {
  readonly stdin: ReadableStream<Uint8Array> | undefined;
  readonly stdout: OutputChannel | undefined;
  readonly stderr: OutputChannel | undefined;
  readonly resizes = new Resizes();
  readonly #gone = new AbortController();
  readonly #connection: SpdyConnection;
  readonly #error: SpdyStream;
  readonly #protocol: string;
  #isClosed = false;

  constructor(connection: SpdyConnection, streams: CommandStreams, protocol: string) {
    this.#connection = connection;
    this.#error = streams.error;
    this.#protocol = protocol;
    this.stdin = streams.stdin?.received.readable;
    this.stdout = this.#output(streams.stdout);
    this.stderr = this.#output(streams.stderr);
    for (const stream of [streams.error, streams.stdout, streams.stderr]) {
      stream?.received.discard(); // A client has nothing to say there.
    }
    if (streams.resize === undefined) this.resizes.close();
    else readResizes(streams.resize.received.readable, this.resizes);
    // Without its error stream a client cannot learn how the session ends.
    for (const signal of [connection.gone, streams.error.gone]) {
      const onGone = () => {
        if (!this.#isClosed) this.#gone.abort(signal.reason);
      };
      if (signal.aborted) onGone();
      else signal.addEventListener("abort", onGone, { once: true });
    }
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  async finish(outcome: CommandOutcome): Promise<void> {
    const status = encodeStatus(outcome, statusFormOf(this.#protocol));
    if (status !== undefined) await this.#error.write(status);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.resizes.close();
    await this.#connection.close();
  }

  #output(stream: SpdyStream | undefined): OutputChannel | undefined {
    if (stream === undefined) return undefined;
    return {
      write: async (bytes) => {
        try {
          await stream.write(bytes);
        } catch (error) {
          // A client that has reset this stream alone does without it.
          if (this.gone.aborted || !stream.gone.aborted) throw error;
        }
      },
    };
  }
}
