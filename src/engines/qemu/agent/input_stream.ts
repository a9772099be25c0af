/**
 * One direction of bytes to the guest: writers wait until the guest's window takes their bytes, and
 * the stream waits for its turn among the others.
 */

import { failedPrecondition, FraktiError } from "../../../lib/errors.ts";
import { Errno, errnoError } from "./errno.ts";
import type { FrameSource, Outbox } from "./outbox.ts";
import { maxDataBytes, violation } from "./protocol.ts";
import { type AckBody, encodeAck, encodeData, encodeEof, encodeReset } from "./stream_frames.ts";

/** What an input stream needs of its connection. */
export interface InputParts {
  readonly id: number;
  readonly outbox: Outbox;
  /** The stream is over; called once. */
  readonly onDone: () => void;
}

interface Write {
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

type State = "open" | "ending" | "ended";

export class InputStream {
  readonly id: number;
  readonly #parts: InputParts;
  readonly #writes: Write[] = [];
  #writeFill = 0;
  #sent: number;
  #limit = 0;
  #ackedTo: number;
  #state: State = "open";
  #error: unknown;
  #ended: Promise<void> | undefined;
  #resolveEnd: (() => void) | undefined;
  readonly #data: FrameSource = { nextFrame: () => this.#nextData() };
  readonly #control: FrameSource = { nextFrame: () => this.#nextControl() };
  #controlFrame: Uint8Array | undefined;

  /** `from`: how much of the stream the guest has taken already; 0 for a new one. */
  constructor(parts: InputParts, from: number) {
    this.id = parts.id;
    this.#parts = parts;
    this.#sent = from;
    this.#ackedTo = from;
  }

  /** True until its end was asked for or it failed. */
  get isOpen(): boolean {
    return this.#state === "open" && this.#error === undefined;
  }

  /** True when all of it, its end included, is on its way to the guest. */
  get hasEnded(): boolean {
    return this.#state === "ended";
  }

  /** Asks the guest for the first window of a stream of a former connection. */
  askWindow(): void {
    this.#sendControl(encodeAck(this.id, { offset: 0, limit: 0 }));
  }

  /**
   * Sends `bytes`; resolves when the guest's window took them all. They must not change before.
   * @throws FraktiError FailedPrecondition when the reader in the guest is gone, Unavailable when
   *   the connection is.
   */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#state !== "open") {
      return Promise.reject(failedPrecondition(`Input stream ${this.id} has ended`));
    }
    if (bytes.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#writes.push({ bytes, resolve, reject });
      this.#wantTurn();
    });
  }

  /** Ends the stream after what was written; resolves when that is sent. Idempotent. */
  end(): Promise<void> {
    if (this.#error !== undefined) return Promise.resolve();
    this.#ended ??= new Promise((resolve) => {
      this.#resolveEnd = resolve;
      this.#state = "ending";
      this.#parts.outbox.wantTurn(this.#data);
    });
    return this.#ended;
  }

  /**
   * Gives the stream up on both sides, dropping what was not sent; writers are told `reason`.
   * Idempotent.
   */
  reset(reason = new FraktiError("Cancelled", `Input stream ${this.id} was given up`)): void {
    if (this.#error !== undefined || this.#state === "ended") return;
    this.fail(reason);
    this.#sendControl(encodeReset(this.id, Errno.ECANCELED));
  }

  /** @throws FraktiError Internal when the guest takes what was never sent. */
  receiveAck({ offset, limit }: AckBody): boolean {
    if (offset > this.#sent) {
      throw violation(`took ${offset} bytes of stream ${this.id}, which sent ${this.#sent}`);
    }
    const isNews = limit > this.#limit || offset > this.#ackedTo;
    this.#limit = Math.max(this.#limit, limit);
    this.#ackedTo = Math.max(this.#ackedTo, offset);
    this.#wantTurn();
    return isNews;
  }

  receiveReset(errno: number): void {
    this.fail(errnoError(`Cannot write to stream ${this.id} of the guest`, errno, ""));
  }

  /** The end by a failure, for this and all later writes. */
  fail(error: unknown): void {
    if (this.#error !== undefined || this.#state === "ended") return;
    this.#error = error;
    this.#parts.outbox.forget(this.#data);
    for (const write of this.#writes.splice(0)) write.reject(error);
    this.#resolveEnd?.();
    this.#parts.onDone();
  }

  #wantTurn(): void {
    const hasWork = this.#writes.length > 0 && this.#sent < this.#limit;
    if (hasWork) this.#parts.outbox.wantTurn(this.#data);
  }

  #nextData(): Uint8Array | undefined {
    const [write] = this.#writes;
    if (write === undefined) return this.#state === "ending" ? this.#nextEnd() : undefined;
    const room = Math.min(this.#limit - this.#sent, maxDataBytes);
    if (room <= 0) return undefined;
    const bytes = write.bytes.subarray(this.#writeFill, this.#writeFill + room);
    const frame = encodeData(this.id, { offset: this.#sent, timeNs: 0n, bytes });
    this.#sent += bytes.length;
    this.#writeFill += bytes.length;
    if (this.#writeFill === write.bytes.length) {
      this.#writes.shift();
      this.#writeFill = 0;
      write.resolve();
    }
    return frame;
  }

  #nextEnd(): Uint8Array {
    this.#state = "ended";
    this.#resolveEnd?.();
    this.#parts.onDone();
    return encodeEof(this.id, this.#sent);
  }

  #sendControl(frame: Uint8Array): void {
    this.#controlFrame = frame;
    this.#parts.outbox.wantAck(this.#control);
  }

  #nextControl(): Uint8Array | undefined {
    const frame = this.#controlFrame;
    this.#controlFrame = undefined;
    return frame;
  }
}
