/**
 * A connection to a guest's agent after its handshake: reads frames and gives each to whom it
 * belongs, writes what the outbox holds. Whatever breaks the protocol ends it, with one error for
 * everything that waits; it never connects again by itself.
 */

import type { Clock } from "../../../lib/clock.ts";
import { withDeadline } from "../../../lib/clock.ts";
import { FraktiError, unavailable } from "../../../lib/errors.ts";
import type {
  AgentConnection,
  AgentDuplex,
  AgentRequest,
  ExitWatch,
  WindowOptions,
} from "./agent.ts";
import { type ByteChannel, closeQuietly, writeFully } from "./channel.ts";
import { type AgentEvent, EventReader } from "./events.ts";
import { ExitWatches } from "./exit_watches.ts";
import { encodeFields, type Fields } from "./fields.ts";
import { encodeFrame, type Frame, FrameReader, guestFrames } from "./frames.ts";
import { isRepeatedWelcome, type Welcome } from "./handshake.ts";
import type { InputStream } from "./input_stream.ts";
import { Outbox } from "./outbox.ts";
import type { OutputStream } from "./output_stream.ts";
import { PendingRequests } from "./pending.ts";
import { containerWindowBytes, FrameType, violation } from "./protocol.ts";
import { StreamTable } from "./stream_table.ts";

/** How long the guest may take when a request names nothing else; the protocol's number. */
export const defaultRequestMs = 10_000;
/** What the way there and back may add, in a VM that shares two cores with twenty others. */
const answerGraceMs = 10_000;

const readBytes = 128 * 1024;
const writeBytes = 128 * 1024;
/** A guest that takes nothing for so long is dead. */
const writeStallMs = 60_000;

/** Windows: what may be under way of one stream, and so what it costs at most. */
const windowBytes = { container: containerWindowBytes, bytes: 256 * 1024 } as const;

export interface ConnectionParts {
  readonly channel: ByteChannel;
  readonly clock: Clock;
  readonly welcome: Welcome;
  readonly nonce: Uint8Array;
  /** How many HELLOs were sent: as many WELCOMEs may still come. */
  readonly hellos: number;
  /** What came after WELCOME. */
  readonly rest: Uint8Array;
}

export class GuestConnection implements AgentConnection {
  readonly welcome: Welcome;
  readonly closed: Promise<FraktiError>;
  readonly #parts: ConnectionParts;
  readonly #outbox = new Outbox();
  readonly #streams: StreamTable;
  readonly #pending: PendingRequests;
  readonly #events: EventReader;
  readonly #exits = new ExitWatches();
  readonly #listeners = new Set<(event: AgentEvent) => void>();
  #welcomesLeft: number;
  #reason: FraktiError | undefined;
  #resolveClosed: (reason: FraktiError) => void = () => {};

  constructor(parts: ConnectionParts) {
    const { clock } = parts;
    this.#parts = parts;
    this.welcome = parts.welcome;
    this.#welcomesLeft = parts.hellos;
    // Ids differ from those of former connections to this VM: the clock counts no id twice.
    const firstId = Number(clock.nowNs() / 1000n);
    this.#streams = new StreamTable({ outbox: this.#outbox, clock, firstId });
    this.#pending = new PendingRequests(clock, (error) => this.#end(error));
    this.#events = new EventReader(clock);
    this.closed = new Promise((resolve) => this.#resolveClosed = resolve);
  }

  /** Begins to read and write; called once, by whoever made the connection. */
  start(): void {
    this.#readAll().catch((error) => this.#end(error));
    this.#writeAll().catch((error) => this.#end(error));
  }

  close(reason: FraktiError = unavailable("The connection to the guest was closed")): void {
    this.#end(reason);
  }

  onEvent(listener: (event: AgentEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watchExit(processId: string): ExitWatch {
    return this.#exits.watch(processId, this.#reason);
  }

  async call(request: AgentRequest): Promise<Fields> {
    if (this.#reason !== undefined) throw lost(request.action, this.#reason);
    const { action, op, timeoutMs = defaultRequestMs } = request;
    const id = this.#streams.newId();
    const head = new Uint8Array(4);
    new DataView(head.buffer).setUint16(0, op, true);
    const frame = encodeFrame(FrameType.request, id, head, encodeFields(request.fields));
    const answer = this.#pending.wait(id, action, timeoutMs + answerGraceMs);
    this.#outbox.sendNow(frame);
    return await answer;
  }

  newOutput(options: WindowOptions): OutputStream {
    return this.#output(this.#streams.newId(), 0, options);
  }

  newInput(): InputStream {
    return this.#input(this.#streams.newId(), 0);
  }

  newDuplex(): AgentDuplex {
    const id = this.#streams.newId();
    return { output: this.#output(id, 0, { kind: "bytes" }), input: this.#input(id, 0) };
  }

  adoptOutput(streamId: number, from: number): OutputStream {
    const output = this.#output(streamId, from, { kind: "container" });
    output.open();
    return output;
  }

  adoptInput(streamId: number, taken: number): InputStream {
    const input = this.#input(streamId, taken);
    input.askWindow();
    return input;
  }

  #output(id: number, from: number, { kind }: WindowOptions): OutputStream {
    const output = this.#streams.addOutput(id, {
      from,
      windowBytes: windowBytes[kind],
      keepsCuts: kind === "container",
    });
    if (this.#reason !== undefined) output.fail(lost("Cannot read from the guest", this.#reason));
    return output;
  }

  #input(id: number, from: number): InputStream {
    const input = this.#streams.addInput(id, from);
    if (this.#reason !== undefined) input.fail(lost("Cannot write to the guest", this.#reason));
    return input;
  }

  async #readAll(): Promise<void> {
    const { channel, rest } = this.#parts;
    const reader = new FrameReader(guestFrames);
    for (const frame of reader.push(rest)) this.#receive(frame);
    const buffer = new Uint8Array(readBytes);
    while (this.#reason === undefined) {
      const count = await channel.read(buffer);
      if (count === null) throw unavailable("The guest's end of the channel was closed");
      for (const frame of reader.push(buffer.subarray(0, count))) {
        if (this.#reason !== undefined) return;
        this.#receive(frame);
      }
    }
  }

  async #writeAll(): Promise<void> {
    const { channel, clock } = this.#parts;
    while (this.#reason === undefined) {
      const bytes = this.#outbox.take(writeBytes);
      if (bytes.length === 0) await this.#outbox.wait();
      else {
        await withDeadline(clock, writeStallMs, "A write to the guest", writeFully(channel, bytes));
      }
    }
  }

  #receive(frame: Frame): void {
    switch (frame.type) {
      case FrameType.response:
        return this.#pending.answer(frame.id, frame.payload);
      case FrameType.event:
        return this.#receiveEvent(frame.payload);
      case FrameType.welcome:
        if (--this.#welcomesLeft > 0 && isRepeatedWelcome(frame, this.#parts.nonce)) return;
        throw violation("sent a WELCOME that nobody asked for");
      default:
        return this.#streams.receive(frame);
    }
  }

  #receiveEvent(payload: Uint8Array): void {
    const event = this.#events.read(payload);
    if (event === undefined) return;
    if (event.kind === "exit") this.#exits.tell(event.processId, event.ending);
    for (const listener of this.#listeners) listener(event);
  }

  #end(error: unknown): void {
    if (this.#reason !== undefined) return;
    const reason = error instanceof FraktiError
      ? error
      : unavailable("The channel to the guest broke", error);
    this.#reason = reason;
    closeQuietly(this.#parts.channel);
    this.#outbox.release();
    this.#pending.fail((action) => lost(action, reason));
    this.#streams.fail(lost("A stream of the guest was cut off", reason));
    this.#exits.fail(lost("The end of a process in the guest is not known", reason));
    this.#resolveClosed(reason);
  }
}

function lost(action: string, cause: FraktiError): FraktiError {
  return unavailable(`${action}: the connection to the guest is lost`, cause);
}
