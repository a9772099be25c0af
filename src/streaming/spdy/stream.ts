/**
 * One stream of a SPDY connection, opened by the peer. Both directions end apart; a reset ends
 * both. Knows no frames: its connection sends for it.
 */

import { FraktiError } from "../../lib/errors.ts";
import { type ResetStatus, resetStatus } from "./frames.ts";
import type { HeaderMap } from "./header_block.ts";
import { ReceiveQueue } from "./receive_queue.ts";
import type { SpareBuffers } from "./waiting_bytes.ts";

/** What a connection does for its streams. */
export interface StreamHost {
  readonly spares: SpareBuffers;
  reply(stream: SpdyStream): void;
  /** Resolves when there is room for more; rejects when the connection is over. */
  send(stream: SpdyStream, bytes: Uint8Array, isFin: boolean): Promise<void>;
  reset(stream: SpdyStream, status: ResetStatus): void;
  /** What waits in receive queues may have changed. */
  buffered(stream: SpdyStream): void;
  consumed(stream: SpdyStream, sizeBytes: number): void;
  /** Both directions are over: the stream can be forgotten. */
  over(stream: SpdyStream): void;
}

/** Peers hold a frame in memory as a whole, and other streams' frames wait behind it. */
const maxFrameBytes = 128 * 1024;

const empty = new Uint8Array(0);

/** See the module comment. */
export class SpdyStream {
  readonly received: ReceiveQueue;
  readonly #host: StreamHost;
  readonly #gone = new AbortController();
  #isOutOpen = true;
  #isInOpen = true;
  #hasReplied = false;

  constructor(readonly id: number, readonly headers: HeaderMap, host: StreamHost) {
    this.#host = host;
    const watcher = {
      buffered: () => host.buffered(this),
      consumed: (sizeBytes: number) => host.consumed(this, sizeBytes),
    };
    this.received = new ReceiveQueue(watcher, host.spares);
  }

  /** The first value of a header, by its name in lower case; "" when there is none. */
  header(name: string): string {
    return this.headers.get(name)?.[0] ?? "";
  }

  /** Aborted when the stream was reset by either side, or its connection was lost. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** True until the peer has ended its direction or the stream was reset. */
  get isInOpen(): boolean {
    return this.#isInOpen;
  }

  /** Takes the stream; comes before everything that is written. Once. */
  accept(): void {
    if (this.#hasReplied || this.gone.aborted) return;
    this.#hasReplied = true;
    this.#host.reply(this);
  }

  /**
   * Sends the bytes, taking their buffer over; resolves when there is room for more.
   * @throws FraktiError Unavailable when the stream has ended, was reset, or its connection is
   *   lost.
   */
  async write(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length; offset += maxFrameBytes) {
      if (!this.#isOutOpen) throw new FraktiError("Unavailable", `Stream ${this.id} has ended`);
      await this.#host.send(this, bytes.subarray(offset, offset + maxFrameBytes), false);
    }
  }

  /** Ends our direction, behind what was written. Never rejects; idempotent. */
  async end(): Promise<void> {
    if (!this.#isOutOpen) return;
    this.#isOutOpen = false;
    const sent = this.#host.send(this, empty, true);
    this.#checkOver();
    await sent.catch(() => {}); // Whoever waits for the connection sees it break.
  }

  /** Ends both directions at once; `error` is what they who use it are told. Idempotent. */
  reset(status: ResetStatus = resetStatus.cancel, error?: FraktiError): void {
    if (!this.#isInOpen && !this.#isOutOpen) return;
    this.#host.reset(this, status);
    this.lose(error ?? new FraktiError("Cancelled", `Stream ${this.id} was reset`));
  }

  /** For the connection: the peer has ended its direction. */
  finishIn(): void {
    if (!this.#isInOpen) return;
    this.#isInOpen = false;
    this.received.finish();
    this.#checkOver();
  }

  /** For the connection: the stream was reset or the connection is lost; nothing is sent. */
  lose(error: Error): void {
    const wasOpen = this.#isInOpen || this.#isOutOpen;
    this.#isInOpen = false;
    this.#isOutOpen = false;
    this.received.fail(error);
    if (wasOpen) {
      this.#gone.abort(error);
      this.#host.over(this);
    }
  }

  #checkOver(): void {
    if (!this.#isInOpen && !this.#isOutOpen) this.#host.over(this);
  }
}
