/**
 * The streams of one connection by their ids. Frames of a stream that has just ended are dropped,
 * within a budget; those of an id that was never given are a lie and end the connection.
 */

import type { Clock } from "../../../lib/clock.ts";
import { Budget } from "./budget.ts";
import type { Frame } from "./frames.ts";
import { type InputParts, InputStream } from "./input_stream.ts";
import type { Outbox } from "./outbox.ts";
import { type OutputOptions, OutputStream } from "./output_stream.ts";
import { FrameType, violation } from "./protocol.ts";
import { decodeAck, decodeData, decodeEof, decodeReset } from "./stream_frames.ts";

interface Entry {
  output?: OutputStream;
  input?: InputStream;
}

/** What may come for streams that are over: what was under way, and needless acknowledgements. */
const lateBurstBytes = 16 * 1024 * 1024;
const lateBytesPerSecond = 1024 * 1024;
const frameCostBytes = 256;

export interface StreamTableParts {
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** The first id that this connection gives. */
  readonly firstId: number;
}

export class StreamTable {
  readonly #parts: StreamTableParts;
  readonly #streams = new Map<number, Entry>();
  /** Ids of containers' streams from former connections: not from this table's own row. */
  readonly #adopted = new Set<number>();
  readonly #late: Budget;
  #nextId: number;

  constructor(parts: StreamTableParts) {
    this.#parts = parts;
    this.#nextId = parts.firstId;
    this.#late = new Budget(parts.clock, lateBurstBytes, lateBytesPerSecond);
  }

  /** An id that no request and no stream of this connection has. */
  newId(): number {
    while (this.#adopted.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }

  /** Whether a request or stream of this connection has, or had, this id. */
  wasGiven(id: number): boolean {
    return (id >= this.#parts.firstId && id < this.#nextId) || this.#adopted.has(id);
  }

  addOutput(id: number, options: OutputOptions): OutputStream {
    const { outbox, clock } = this.#parts;
    const onDone = () => this.#remove(id, "output");
    const output = new OutputStream({ id, outbox, clock, onDone }, options);
    this.#entry(id).output = output;
    return output;
  }

  addInput(id: number, from: number): InputStream {
    const parts: InputParts = {
      id,
      outbox: this.#parts.outbox,
      onDone: () => this.#remove(id, "input"),
    };
    const input = new InputStream(parts, from);
    this.#entry(id).input = input;
    return input;
  }

  /** Handles DATA, ACK, EOF or RESET. @throws FraktiError Internal when it cannot be true. */
  receive(frame: Frame): void {
    const { id, type, payload } = frame;
    const entry = this.#streams.get(id);
    if (entry === undefined) {
      if (!this.wasGiven(id)) throw violation(`sent stream ${id}, which nobody asked for`);
      return this.#spendLate(payload.length);
    }
    const { input, output } = entry;
    switch (type) {
      case FrameType.data:
        if (output !== undefined) return output.receive(decodeData(payload));
        break;
      case FrameType.eof:
        if (output !== undefined) return output.receiveEnd(decodeEof(payload));
        break;
      case FrameType.ack:
        if (input === undefined) break;
        if (!input.receiveAck(decodeAck(payload))) this.#spendLate(0);
        return;
      default: {
        const errno = decodeReset(payload);
        output?.receiveReset(errno);
        input?.receiveReset(errno);
        return;
      }
    }
    // The other direction of a dialled connection may be over already.
    this.#spendLate(payload.length);
  }

  /** Every stream ends with `error`. */
  fail(error: unknown): void {
    for (const { input, output } of [...this.#streams.values()]) {
      output?.fail(error);
      input?.fail(error);
    }
  }

  #entry(id: number): Entry {
    if (!this.wasGiven(id)) this.#adopted.add(id);
    let entry = this.#streams.get(id);
    if (entry === undefined) {
      entry = {};
      this.#streams.set(id, entry);
    }
    return entry;
  }

  #remove(id: number, direction: "input" | "output"): void {
    const entry = this.#streams.get(id);
    if (entry === undefined) return;
    delete entry[direction];
    if (entry.input === undefined && entry.output === undefined) this.#streams.delete(id);
  }

  #spendLate(bytes: number): void {
    if (this.#late.take(bytes + frameCostBytes)) return;
    throw violation("floods streams that are over");
  }
}
