/**
 * Tells a peer that keeps windows how much was read (draft 3.1, 2.6.8), so that it goes on sending.
 * spdystream keeps none and is told nothing; a peer that sends SETTINGS or WINDOW_UPDATE does.
 */

import { windowUpdate } from "./frames.ts";

/** Half of the window that every stream and the connection begin with. */
const updateBytes = 32 * 1024;

const connectionId = 0;

/** Counts for one connection. */
export class WindowUpdates {
  readonly #send: (frame: Uint8Array) => void;
  /** What was read and not told yet, by stream; 0 is the whole connection. */
  readonly #pending = new Map<number, number>();
  #isOn = false;

  constructor(send: (frame: Uint8Array) => void) {
    this.#send = send;
  }

  /** The peer keeps windows. Tells it at once what was read before. */
  enable(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    for (const streamId of [...this.#pending.keys()]) this.#tell(streamId);
  }

  /** Bytes of an open stream were read or thrown away. */
  consumed(streamId: number, sizeBytes: number): void {
    this.#count(streamId, sizeBytes);
    this.#count(connectionId, sizeBytes);
  }

  /** Bytes of a stream that is not known any more were thrown away. */
  dropped(sizeBytes: number): void {
    this.#count(connectionId, sizeBytes);
  }

  forget(streamId: number): void {
    this.#pending.delete(streamId);
  }

  #count(streamId: number, sizeBytes: number): void {
    const pending = (this.#pending.get(streamId) ?? 0) + sizeBytes;
    this.#pending.set(streamId, pending);
    if (this.#isOn && pending >= updateBytes) this.#tell(streamId);
  }

  #tell(streamId: number): void {
    const pending = this.#pending.get(streamId) ?? 0;
    this.#pending.set(streamId, 0);
    // A window may grow by 31 bits at once; what was read before is no more than a few MiB.
    if (pending > 0) this.#send(windowUpdate(streamId, Math.min(pending, 0x7fff_ffff)));
  }
}
