/**
 * The server side of a SPDY/3.1 connection over any byte duplex: takes frames apart, keeps the
 * streams that the peer opens, writes frames. It knows no remotecommand and no port-forward.
 *
 * What differs from the protocol's text is what its clients (moby/spdystream) live with: windows
 * are not enforced. Instead the duplex is paused while a stream's receive queue is full, so one
 * stream that nobody reads holds up the others behind it, beyond that queue.
 */

import { FraktiError } from "../../lib/errors.ts";
import type { ByteDuplex } from "../duplex.ts";
import { IdleWatch } from "../idle.ts";
import { HeaderDeflater } from "./deflate.ts";
import { maxKeptHeaderBytes, refusalLingerMs, type SpdyOptions } from "./connection_options.ts";
import { FrameParser } from "./frame_parser.ts";
import { FrameWriter } from "./frame_writer.ts";
import {
  type ControlFrame,
  goAway,
  type GoAwayStatus,
  goAwayStatus,
  ping,
  resetStatus,
  rstStream,
  synReply,
} from "./frames.ts";
import { encodeHeaderBlock, maxBlockBytes, parseHeaderBlock } from "./header_block.ts";
import { Heartbeat } from "./heartbeat.ts";
import { HeaderInflater } from "./inflate.ts";
import { ReadGate } from "./read_gate.ts";
import { SpdyStream, type StreamHost } from "./stream.ts";
import { SpareBuffers } from "./waiting_bytes.ts";
import { WindowUpdates } from "./window_updates.ts";

const noHeaders = encodeHeaderBlock(new Map());

/** See the module comment. */
export class SpdyConnection {
  /** Resolves when both directions of the duplex are over, whoever ended them. */
  readonly closed: Promise<void>;
  readonly #options: SpdyOptions;
  readonly #duplex: ByteDuplex;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #parser: FrameParser;
  readonly #writer: FrameWriter;
  readonly #inflater = new HeaderInflater();
  readonly #deflater = new HeaderDeflater();
  readonly #windows: WindowUpdates;
  readonly #gate: ReadGate;
  readonly #idle: IdleWatch;
  readonly #gone = new AbortController();
  readonly #host: StreamHost;
  readonly #resolveClosed: () => void;
  #state: "open" | "ending" | "closed" = "open";
  #lastStreamId = 0;
  #hasPeerGoneAway = false;
  #isClosing = false;
  #cancelLinger = () => {};

  constructor(duplex: ByteDuplex, options: SpdyOptions) {
    this.#duplex = duplex;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#writer = new FrameWriter(duplex, options.defer);
    this.#windows = new WindowUpdates((frame) => this.#sendControl(frame));
    const heartbeat = new Heartbeat(options.clock, (frame) => this.#writer.control(frame));
    this.#gate = new ReadGate(duplex, heartbeat);
    this.#host = this.#makeHost();
    this.#parser = new FrameParser({
      control: (frame) => this.#takeControl(frame),
      data: (streamId, bytes, isFin) => this.#takeData(streamId, bytes, isFin),
    });
    this.#idle = new IdleWatch(options.clock, options.idleMs, () => {
      const error = new FraktiError("DeadlineExceeded", "The connection was idle for too long");
      this.#leave(error, goAwayStatus.ok);
    });
    duplex.start({
      data: (bytes) => this.#take(bytes),
      // The reference takes a client that ends its direction for one that has left, too.
      end: () => {
        if (this.#state === "open") duplex.destroy();
      },
      closed: (error) => this.#over(error),
    });
  }

  /**
   * Aborted, with the reason, when the client has left, broke the protocol or was idle for too
   * long; not when `close` ends the connection.
   */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Streams that are not over. */
  get streamCount(): number {
    return this.#streams.size;
  }

  /**
   * Ends every stream and the connection behind what was written. Resolves with `closed`: when the
   * client has closed too, or after `lingerMs`. By default that is as long as it may be idle: one
   * that is slow to read, with a person at a pager, must not lose the end.
   */
  close(lingerMs = this.#options.idleMs): Promise<void> {
    if (this.#state === "open") {
      this.#isClosing = true;
      // One, for all streams: the trace of its making would cost more than all else here.
      const error = new FraktiError("Cancelled", "The connection was closed");
      this.#writer.together(() => {
        for (const stream of [...this.#streams.values()]) {
          stream.end();
          stream.reset(resetStatus.cancel, error);
        }
        this.#sayGoodbye(goAwayStatus.ok);
      });
      this.#end(lingerMs);
    }
    return this.closed;
  }

  #take(bytes: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#idle.touch();
    try {
      this.#parser.feed(bytes);
    } catch (error) {
      this.#leave(error, goAwayStatus.protocolError);
    }
  }

  #takeControl(frame: ControlFrame): void {
    if (this.#state !== "open") return;
    switch (frame.kind) {
      case "synStream":
        return this.#openStream(frame);
      case "synReply": // To streams that we never open.
      case "headers":
        this.#inflate(frame.block);
        if (frame.isFin) this.#streams.get(frame.streamId)?.finishIn();
        return;
      case "rstStream": {
        const error = new FraktiError("Cancelled", `The client has reset stream ${frame.streamId}`);
        return this.#streams.get(frame.streamId)?.lose(error);
      }
      case "ping":
        // Even ones answer pings of ours, which there are none of.
        if (frame.id % 2 === 1) this.#sendControl(ping(frame.id));
        return;
      case "goAway":
        this.#hasPeerGoneAway = true;
        return this.#leaveIfDone();
      case "settings":
      case "windowUpdate":
        return this.#windows.enable();
    }
  }

  #openStream(frame: Extract<ControlFrame, { kind: "synStream" }>): void {
    const block = this.#inflate(frame.block);
    const headers = parseHeaderBlock(block);
    const { streamId } = frame;
    const isNext = streamId % 2 === 1 && streamId > this.#lastStreamId;
    if (!isNext || frame.isUnidirectional) {
      this.#sendControl(rstStream(streamId, resetStatus.protocolError));
      const error = new FraktiError("Cancelled", `Stream ${streamId} was opened twice`);
      this.#streams.get(streamId)?.lose(error);
      return;
    }
    this.#lastStreamId = streamId;
    const hasRoom = this.#streams.size < this.#options.maxStreams && !this.#hasPeerGoneAway;
    if (!hasRoom || block.length > maxKeptHeaderBytes) {
      this.#sendControl(rstStream(streamId, resetStatus.refusedStream));
      return;
    }
    const stream = new SpdyStream(streamId, headers, this.#host);
    this.#streams.set(streamId, stream);
    this.#options.onStream(stream);
    if (frame.isFin) stream.finishIn();
  }

  /** Every block must be inflated, also that of a frame without meaning: they share a context. */
  #inflate(block: Uint8Array): Uint8Array {
    return this.#inflater.inflate(block, maxBlockBytes);
  }

  #takeData(streamId: number, bytes: Uint8Array, isFin: boolean): void {
    if (this.#state !== "open") return;
    const stream = this.#streams.get(streamId);
    if (stream === undefined || !stream.isInOpen) {
      this.#windows.dropped(bytes.length);
      // What is under way when a stream is reset comes behind its end; that is no mistake.
      const wasNever = streamId > this.#lastStreamId || streamId % 2 === 0;
      if (wasNever) this.#sendControl(rstStream(streamId, resetStatus.invalidStream));
      return;
    }
    stream.received.push(bytes);
    if (isFin) stream.finishIn();
  }

  #makeHost(): StreamHost {
    return {
      spares: new SpareBuffers(),
      reply: (stream) => {
        this.#sendControl(synReply(stream.id, this.#deflater.deflate(noHeaders)));
      },
      send: (stream, bytes, isFin) => {
        if (this.#state !== "open") {
          const cause = this.gone.reason;
          const error = new FraktiError("Unavailable", "The connection is over", { cause });
          return Promise.reject(error);
        }
        this.#idle.touch();
        return this.#writer.data(stream.id, bytes, isFin);
      },
      reset: (stream, status) => this.#sendControl(rstStream(stream.id, status)),
      buffered: (stream) => this.#gate.changed(stream.received),
      consumed: (stream, sizeBytes) => this.#windows.consumed(stream.id, sizeBytes),
      over: (stream) => {
        this.#streams.delete(stream.id);
        this.#windows.forget(stream.id);
        this.#leaveIfDone();
      },
    };
  }

  /** Control frames do not wait: who provokes too many is not read from meanwhile. */
  #sendControl(frame: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#gate.backlog(frame.length);
    const done = () => this.#gate.backlog(-frame.length);
    this.#writer.control(frame).then(done, done);
  }

  #leaveIfDone(): void {
    if (!this.#hasPeerGoneAway || this.#isClosing || this.#streams.size > 0) return;
    this.#leave(new FraktiError("Cancelled", "The client has gone away"), goAwayStatus.ok);
  }

  /** The client is given up: what it holds is freed now, and it is told why. */
  #leave(error: unknown, status: GoAwayStatus): void {
    if (this.#state !== "open") return;
    this.#sayGoodbye(status);
    this.#end(refusalLingerMs);
    this.#lose(error);
  }

  #sayGoodbye(status: GoAwayStatus): void {
    this.#sendControl(goAway(this.#lastStreamId, status));
  }

  #end(lingerMs: number): void {
    this.#idle.stop();
    this.#state = "ending";
    this.#gate.stop();
    this.#cancelLinger = this.#options.clock.after(lingerMs, () => this.#duplex.destroy());
    this.#duplex.resume(); // Unread bytes would turn the end into a reset, which drops ours.
    this.#duplex.end();
  }

  #over(error: Error | undefined): void {
    const wasOpen = this.#state === "open";
    this.#state = "closed";
    this.#idle.stop();
    this.#gate.stop();
    this.#cancelLinger();
    if (wasOpen) this.#lose(new FraktiError("Cancelled", "The client is gone", { cause: error }));
    this.#resolveClosed();
  }

  #lose(error: unknown): void {
    const reason = error instanceof FraktiError
      ? error
      : new FraktiError("Internal", "The connection broke", { cause: error });
    for (const stream of [...this.#streams.values()]) stream.lose(reason);
    this.#gone.abort(reason);
  }
}
