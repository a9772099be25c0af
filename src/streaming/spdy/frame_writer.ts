/**
 * Writes frames to a duplex. Data that comes in small pieces within one turn of the event loop
 * leaves as one frame and one write: a process that writes by the line, or an engine that hands
 * over a few KiB at a time, would otherwise cost both sides more work than the bytes are worth.
 */

import type { ByteDuplex } from "../duplex.ts";
import { dataHeader, frameHeaderBytes } from "./frames.ts";

/** A frame is not made larger than this by joining pieces, and a write not much. */
const maxJoinedBytes = 64 * 1024;

/** A data frame that has not left yet: pieces of the same stream join it. */
interface OpenFrame {
  readonly streamId: number;
  readonly header: Uint8Array;
  sizeBytes: number;
}

/** See the module comment. */
export class FrameWriter {
  readonly #duplex: Pick<ByteDuplex, "write">;
  readonly #defer: (action: () => void) => void;
  #pieces: Uint8Array[] = [];
  #sizeBytes = 0;
  #open: OpenFrame | undefined;
  #isDeferred = false;
  #isHeld = false;
  /** The last write, while it waits for room. */
  #waiting: Promise<void> | undefined;

  /** `defer` calls back when this turn of the event loop is over. */
  constructor(
    duplex: Pick<ByteDuplex, "write">,
    defer: (action: () => void) => void = (action) => setImmediate(action),
  ) {
    this.#duplex = duplex;
    this.#defer = defer;
  }

  /** A control frame, at once, behind the data that waits. Resolves when there is room for more. */
  control(frame: Uint8Array): Promise<void> {
    this.#pieces.push(frame);
    return this.flush();
  }

  /**
   * Data of a stream, taking its buffer over; its end leaves at once. Resolves when there is room
   * for more, rejects when the duplex is closed.
   */
  data(streamId: number, bytes: Uint8Array, isFin: boolean): Promise<void> {
    this.#append(streamId, bytes, isFin);
    if (isFin || this.#sizeBytes >= maxJoinedBytes) return this.flush();
    if (!this.#isDeferred) {
      this.#isDeferred = true;
      this.#defer(() => {
        this.#isDeferred = false;
        this.flush().catch(() => {}); // Told by the next write, or by the end of the connection.
      });
    }
    return this.#waiting ?? Promise.resolve();
  }

  /** What `action` writes leaves as one write behind it. */
  together(action: () => void): void {
    this.#isHeld = true;
    try {
      action();
    } finally {
      this.#isHeld = false;
      this.flush().catch(() => {}); // Told by the next write, or by the end of the connection.
    }
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    if (this.#pieces.length === 0 || this.#isHeld) return this.#waiting ?? Promise.resolve();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#sizeBytes = 0;
    this.#open = undefined;
    const written = this.#duplex.write(...pieces);
    this.#waiting = written;
    const done = () => {
      if (this.#waiting === written) this.#waiting = undefined;
    };
    written.then(done, done);
    return written;
  }

  #append(streamId: number, bytes: Uint8Array, isFin: boolean): void {
    const open = this.#open;
    if (open?.streamId === streamId && open.sizeBytes + bytes.length <= maxJoinedBytes) {
      open.sizeBytes += bytes.length;
      open.header.set(dataHeader(streamId, open.sizeBytes, isFin));
    } else {
      const header = dataHeader(streamId, bytes.length, isFin);
      this.#pieces.push(header);
      this.#sizeBytes += frameHeaderBytes;
      this.#open = { streamId, header, sizeBytes: bytes.length };
    }
    if (isFin) this.#open = undefined;
    if (bytes.length > 0) this.#pieces.push(bytes);
    this.#sizeBytes += bytes.length;
  }
}
