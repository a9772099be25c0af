/**
 * One direction of bytes from the guest: takes its DATA within the window that was granted, hands
 * the chunks to one reader, and acknowledges what the reader is done with. Offsets that jump and
 * data beyond the window are a lie, and end the connection.
 */

import type { Clock } from "../../../lib/clock.ts";
import { internal } from "../../../lib/errors.ts";
import { ChunkQueue } from "./chunk_queue.ts";
import { Errno, errnoError } from "./errno.ts";
import type { FrameSource, Outbox } from "./outbox.ts";
import { maxDataBytes, violation } from "./protocol.ts";
import { type DataBody, encodeAck, encodeReset } from "./stream_frames.ts";

/** A chunk of output. The reader owns `bytes`. */
export type OutputChunk = DataBody;

export interface OutputOptions {
  /** Where the reader goes on: all before it is done with. 0 for a new stream. */
  readonly from: number;
  /** How much may be under way and unacknowledged. */
  readonly windowBytes: number;
  /** Chunks stay as the guest cut them, with their times. */
  readonly keepsCuts: boolean;
}

/** What an output stream needs of its connection. */
export interface OutputParts {
  readonly id: number;
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** The stream is over and everything was read; called once. */
  readonly onDone: () => void;
}

/** Small acknowledgements are collected for this long, so that each byte does not cost a frame. */
const ackDelayMs = 20;
const chunksPerAck = 256;

type End =
  | { readonly kind: "eof"; readonly offset: number }
  | { readonly kind: "failed"; readonly error: unknown };

export class OutputStream implements AsyncIterable<OutputChunk>, FrameSource {
  readonly id: number;
  readonly #parts: OutputParts;
  readonly #options: OutputOptions;
  readonly #queue: ChunkQueue;
  /** Where the next DATA begins; undefined before the first of this connection. */
  #received: number | undefined;
  #done: number;
  #acked: number;
  #limit = 0;
  #chunksSinceAck = 0;
  #cancelAck: (() => void) | undefined;
  #end: End | undefined;
  #isOpen = false;
  #isDiscarding = false;
  #isReported = false;
  #isReset = false;
  #wake: (() => void) | undefined;

  constructor(parts: OutputParts, options: OutputOptions) {
    this.id = parts.id;
    this.#parts = parts;
    this.#options = options;
    this.#queue = new ChunkQueue(options.keepsCuts);
    this.#done = options.from;
    this.#acked = options.from;
  }

  /** Where the stream ended, once its end was received. */
  get endOffset(): number | undefined {
    return this.#end?.kind === "eof" ? this.#end.offset : undefined;
  }

  /** Grants the first window: from here on output flows. */
  open(): void {
    this.#isOpen = true;
    this.#parts.outbox.wantAck(this);
  }

  /**
   * The next chunk; undefined after the last. One reader, one call at a time. The first chunk of a
   * connection may begin before `from`, as chunks are sent whole.
   * @throws FraktiError when the stream was given up or the connection is lost.
   */
  async next(): Promise<OutputChunk | undefined> {
    for (;;) {
      const chunk = this.#queue.shift();
      if (chunk !== undefined) {
        this.#chunksSinceAck++;
        return chunk;
      }
      if (this.#end?.kind === "failed") throw this.#end.error;
      if (this.#end !== undefined) {
        this.#report();
        return undefined;
      }
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OutputChunk> {
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) {
      yield chunk;
    }
  }

  /** Everything before `offset` is done with, and the guest may forget it. */
  done(offset: number): void {
    if (offset <= this.#done || this.#isReset || this.#end?.kind === "failed") return;
    if (this.#received === undefined || offset > this.#received) {
      throw internal(`Offset ${offset} of stream ${this.id} was not received`);
    }
    this.#done = offset;
    const isDue = this.#end !== undefined ||
      offset - this.#acked >= this.#options.windowBytes / 4 ||
      this.#chunksSinceAck >= chunksPerAck;
    if (isDue) this.#parts.outbox.wantAck(this);
    else this.#ackSoon();
  }

  /** Nobody reads any more: what is there and what comes is dropped, the sender goes on. */
  discard(): void {
    this.#isDiscarding = true;
    this.#queue.clear();
    if (this.#received !== undefined) this.done(this.#received);
    if (this.#end !== undefined) this.#report();
  }

  /**
   * Gives the stream up on both sides; of a dialled connection, both directions. For the reader it
   * ends after what came. Idempotent.
   */
  reset(): void {
    if (this.#isReset || this.#end?.kind === "failed") return;
    this.#isReset = true;
    this.#stopAcks();
    this.#end ??= { kind: "eof", offset: this.#received ?? this.#options.from };
    this.#parts.outbox.wantAck(this);
    this.#notify();
    this.#report();
  }

  nextFrame(): Uint8Array | undefined {
    if (this.#isReset) return encodeReset(this.id, Errno.ECANCELED);
    if (!this.#isOpen || this.#end?.kind === "failed") return undefined;
    this.#stopAcks();
    this.#acked = this.#done;
    this.#chunksSinceAck = 0;
    this.#limit = Math.min(this.#done + this.#options.windowBytes, Number.MAX_SAFE_INTEGER);
    return encodeAck(this.id, { offset: this.#done, limit: this.#limit });
  }

  /** @throws FraktiError Internal when the guest broke the rules of the stream. */
  receive(chunk: DataBody): void {
    if (this.#end?.kind === "failed") return; // Given up here; this was under way.
    if (this.#end !== undefined) throw violation(`sent data after the end of stream ${this.id}`);
    const end = chunk.offset + chunk.bytes.length;
    if (end > this.#limit) throw violation(`sent stream ${this.id} beyond its window`);
    if (this.#received === undefined) this.#checkFirst(chunk.offset, end);
    else if (chunk.offset !== this.#received) {
      throw violation(
        `sent offset ${chunk.offset} of stream ${this.id} where ${this.#received} is next`,
      );
    }
    this.#received = end;
    if (this.#isDiscarding) return this.done(end);
    this.#queue.push(chunk);
    this.#notify();
  }

  /** @throws FraktiError Internal when the stream does not end there. */
  receiveEnd(offset: number): void {
    if (this.#end?.kind === "failed") return;
    const expected = this.#received ?? this.#options.from;
    // Nothing was sent on this connection: what is behind `from` was lost, or there is none.
    const fits = this.#received === undefined ? offset >= expected : offset === expected;
    if (this.#end !== undefined || !fits) {
      throw violation(`ended stream ${this.id} at ${offset} where ${expected} is next`);
    }
    this.#finish({ kind: "eof", offset });
    if (this.#isDiscarding) this.#report();
  }

  /** The guest gave the stream up; after its end this says nothing new. */
  receiveReset(errno: number): void {
    this.fail(errnoError(`Stream ${this.id} was given up by the guest`, errno, ""));
  }

  /** The end by a failure: what came can still be read. */
  fail(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#finish({ kind: "failed", error });
    this.#stopAcks();
    this.#parts.outbox.forget(this);
    this.#report();
  }

  #checkFirst(offset: number, end: number): void {
    const { from, keepsCuts } = this.#options;
    // The chunk that holds `from`, whole, or a later one when that is the oldest there is.
    const isReplay = end > from && offset > from - maxDataBytes;
    if (keepsCuts ? !isReplay : offset !== from) {
      throw violation(`began stream ${this.id} at ${offset} where ${from} was asked for`);
    }
  }

  #finish(end: End): void {
    this.#end = end;
    this.#notify();
  }

  #ackSoon(): void {
    this.#cancelAck ??= this.#parts.clock.after(ackDelayMs, () => {
      this.#cancelAck = undefined;
      this.#parts.outbox.wantAck(this);
    });
  }

  #stopAcks(): void {
    this.#cancelAck?.();
    this.#cancelAck = undefined;
  }

  #report(): void {
    if (this.#isReported) return;
    this.#isReported = true;
    if (this.#cancelAck !== undefined) this.#parts.outbox.wantAck(this);
    this.#stopAcks();
    this.#parts.onDone();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
