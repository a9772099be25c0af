/**
 * A SPDY/3.1 connection as a client sees it, written from the draft and from what CRI clients are
 * known to do, apart from the server's own code. Flow control windows are not used: those clients
 * neither send nor heed WINDOW_UPDATE.
 */

import { at, readBigEndian } from "./bytes.ts";
import { ByteQueue } from "./byte_queue.ts";
import {
  controlType,
  dataFrame,
  flagFin,
  type Frame,
  FrameReader,
  goAway,
  ping,
  resetStatus,
  rstStream,
  synStream,
} from "./frames.ts";
import { HeaderPacker, type Headers, HeaderUnpacker } from "./headers.ts";
import type { Wire } from "./wire.ts";

/** Frames are at most this large, so that other streams get their turn. */
const maxDataBytes = 64 * 1024;

/** A stream that the server has reset. */
export class StreamReset extends Error {
  constructor(readonly streamId: number, readonly status: number) {
    super(`Stream ${streamId} was reset with status ${status}`);
  }
}

/** One stream that this side opened. */
export class SpdyStream {
  /** What the server sends. */
  readonly received: ByteQueue;
  /** Settles with the headers of SYN_REPLY, or rejects with {@linkcode StreamReset}. */
  readonly replied: Promise<Headers>;
  /** Why the server has reset the stream, if it has. */
  resetStatus: number | undefined;
  readonly #connection: SpdyConnection;
  #answer: { readonly resolve: (headers: Headers) => void; readonly reject: (e: Error) => void };
  #isEnded = false;

  constructor(connection: SpdyConnection, readonly id: number, maxBytes?: number) {
    this.#connection = connection;
    this.received = new ByteQueue(maxBytes);
    const { promise, resolve, reject } = Promise.withResolvers<Headers>();
    this.replied = promise;
    this.replied.catch(() => {}); // Whoever waits for it is told; nobody has to.
    this.#answer = { resolve, reject };
  }

  /** Sends all bytes; resolves when the kernel has them. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; start += maxDataBytes) {
      const part = bytes.subarray(start, start + maxDataBytes);
      await this.#connection.send(dataFrame(this.id, part));
    }
  }

  /** Half-closes: an empty frame with FIN. */
  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.#connection.send(dataFrame(this.id, new Uint8Array(0), flagFin));
  }

  reset(status: number = resetStatus.cancel): Promise<void> {
    this.received.end();
    return this.#connection.send(rstStream(this.id, status));
  }

  /** For the connection: the server answered. */
  accept(headers: Headers): void {
    this.#answer.resolve(headers);
  }

  /** For the connection: a stream that was taken just ends, as client-go has it. */
  acceptReset(status: number): void {
    this.resetStatus = status;
    this.#answer.reject(new StreamReset(this.id, status));
    this.received.end();
  }

  /** For the connection: nothing comes any more. */
  finish(error?: Error): void {
    this.#answer.reject(error ?? new Error(`Stream ${this.id} ended without a reply`));
    this.received.end(error);
  }
}

/** The client's end of one connection. */
export class SpdyConnection {
  /** Resolves when the server has closed, or the connection broke. */
  readonly closed: Promise<void>;
  /** Kinds and stream ids of the control frames that came, in their order. */
  readonly controlFrames: { readonly type: number; readonly id: number }[] = [];
  readonly #wire: Wire;
  readonly #packer = new HeaderPacker();
  readonly #unpacker = new HeaderUnpacker();
  readonly #streams = new Map<number, SpdyStream>();
  readonly #pings = new Map<number, () => void>();
  #opening: Promise<void> = Promise.resolve();
  #nextStreamId = 1;
  #nextPingId = 1;

  constructor(wire: Wire, readonly maxStreamBytes?: number) {
    this.#wire = wire;
    this.closed = this.#pump();
  }

  /** Opens a stream without waiting for the reply. */
  async openStream(headers: Headers, options: { readonly isLast?: boolean } = {}) {
    const id = this.#nextStreamId;
    this.#nextStreamId += 2;
    return await this.openStreamAs(id, headers, options);
  }

  /** Opens a stream under an id of the caller's choice, which may be a wrong one. */
  async openStreamAs(id: number, headers: Headers, options: { readonly isLast?: boolean } = {}) {
    const stream = new SpdyStream(this, id, this.maxStreamBytes);
    this.#streams.set(id, stream);
    await this.#inOrder(async () => {
      const block = await this.#packer.packHeaders(headers);
      await this.send(synStream(id, block, options.isLast ? flagFin : 0));
    });
    return stream;
  }

  /** Opens a stream and waits until the server has taken it. */
  async openStreamAndWait(headers: Headers): Promise<SpdyStream> {
    const stream = await this.openStream(headers);
    await stream.replied;
    return stream;
  }

  /** Compresses in the connection's own context, for frames that a test makes itself. */
  async packed(block: Uint8Array): Promise<Uint8Array> {
    let packed: Uint8Array = new Uint8Array(0);
    await this.#inOrder(async () => {
      packed = await this.#packer.pack(block);
    });
    return packed;
  }

  /** Sends bytes as they are. */
  send(bytes: Uint8Array): Promise<void> {
    return this.#wire.write(bytes);
  }

  /** Resolves when the server has echoed it. */
  async ping(): Promise<void> {
    const id = this.#nextPingId;
    this.#nextPingId += 2;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pings.set(id, resolve);
    await this.send(ping(id));
    await Promise.race([
      promise,
      this.closed.then(() => Promise.reject(new Error("The server closed instead of a PING"))),
    ]);
  }

  /** Says good-bye and closes. */
  async close(): Promise<void> {
    await this.send(goAway(0)).catch(ignoreBroken);
    this.vanish();
    await this.closed;
  }

  /** Closes without a word, as a client that was killed. */
  vanish(): void {
    this.#wire.close();
  }

  #inOrder(work: () => Promise<void>): Promise<void> {
    const turn = this.#opening.then(work);
    this.#opening = turn.catch(() => {}); // The one whose turn it was is told.
    return turn;
  }

  async #pump(): Promise<void> {
    const reader = new FrameReader();
    let failure: Error | undefined;
    try {
      for (;;) {
        const bytes = await this.#wire.read();
        if (bytes === undefined) break;
        for (const frame of reader.push(bytes)) {
          const wait = this.#take(frame);
          if (wait !== undefined) await wait;
        }
      }
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    const left = failure ?? new Error("The server closed the connection");
    for (const stream of this.#streams.values()) stream.finish(left);
    this.#wire.close();
  }

  #take(frame: Frame): Promise<void> | void {
    if (frame.kind === "data") {
      const stream = this.#streams.get(frame.streamId);
      if (stream === undefined) throw new Error(`Data for stream ${frame.streamId}: not opened`);
      const wait = stream.received.push(frame.bytes);
      if (frame.isLast) stream.received.end();
      return wait;
    }
    if (frame.version !== 3) throw new Error(`A control frame of SPDY version ${frame.version}`);
    return this.#takeControl(frame.type, frame.flags, frame.payload);
  }

  async #takeControl(type: number, flags: number, payload: Uint8Array): Promise<void> {
    const id = payload.length >= 4 ? readBigEndian(payload, 0, 4) : 0;
    this.controlFrames.push({ type, id });
    const stream = this.#streams.get(id);
    switch (type) {
      case controlType.synReply: {
        if (stream === undefined) throw new Error(`A reply for stream ${id}: not opened`);
        stream.accept(await this.#unpacker.unpackHeaders(payload.subarray(4)));
        if ((flags & flagFin) !== 0) stream.received.end();
        return;
      }
      case controlType.rstStream:
        stream?.acceptReset(at(payload, 7));
        return;
      case controlType.headers:
        await this.#unpacker.unpackHeaders(payload.subarray(4));
        return;
      case controlType.ping:
        if (id % 2 === 0) await this.send(ping(id));
        this.#pings.get(id)?.();
        this.#pings.delete(id);
        return;
      case controlType.settings:
      case controlType.goAway:
      case controlType.windowUpdate:
        return;
      default:
        throw new Error(`A control frame of type ${type}`);
    }
  }
}

/** The other side may have closed first. */
function ignoreBroken(error: unknown): void {
  const isBroken = error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.NotConnected;
  if (!isBroken) throw error;
}
