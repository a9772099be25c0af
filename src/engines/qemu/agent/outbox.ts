/**
 * What waits to be sent to the guest: requests first, then acknowledgements, then one frame of
 * each stream in turn, so that a stream with much to send does not hold up the others. It holds
 * frames of requests only; streams are asked when it is their turn.
 */

/** Something that makes a frame when its turn comes. */
export interface FrameSource {
  /** The next frame; undefined when there is nothing that may be sent now. */
  nextFrame(): Uint8Array | undefined;
}

export class Outbox {
  readonly #urgent: Uint8Array[] = [];
  readonly #acks = new Set<FrameSource>();
  readonly #streams = new Set<FrameSource>();
  #wake: (() => void) | undefined;

  /** Sends a request. How many there are is bounded by who makes them. */
  sendNow(frame: Uint8Array): void {
    this.#urgent.push(frame);
    this.#notify();
  }

  /** `source` has an acknowledgement to send. Twice is once. */
  wantAck(source: FrameSource): void {
    this.#acks.add(source);
    this.#notify();
  }

  /** `source` has data to send. Twice is once. */
  wantTurn(source: FrameSource): void {
    this.#streams.add(source);
    this.#notify();
  }

  /** `source` has nothing more to say. */
  forget(source: FrameSource): void {
    this.#acks.delete(source);
    this.#streams.delete(source);
  }

  /** Up to about `maxBytes` (one frame over it) of what goes next, as one piece; empty if none. */
  take(maxBytes: number): Uint8Array {
    const frames: Uint8Array[] = [];
    let size = 0;
    while (size < maxBytes) {
      const frame = this.#next();
      if (frame === undefined) break;
      frames.push(frame);
      size += frame.length;
    }
    const [only] = frames;
    if (only !== undefined && frames.length === 1) return only;
    const out = new Uint8Array(size);
    let at = 0;
    for (const frame of frames) {
      out.set(frame, at);
      at += frame.length;
    }
    return out;
  }

  /** Resolves when there may be something to take. One waiter at a time. */
  async wait(): Promise<void> {
    if (this.#urgent.length + this.#acks.size + this.#streams.size > 0) return;
    await new Promise<void>((resolve) => this.#wake = resolve);
  }

  /** Lets a waiter go though there is nothing: the connection is over. */
  release(): void {
    this.#notify();
  }

  #next(): Uint8Array | undefined {
    const urgent = this.#urgent.shift();
    if (urgent !== undefined) return urgent;
    for (const turns of [this.#acks, this.#streams]) {
      for (const source of turns) {
        turns.delete(source);
        const frame = source.nextFrame();
        if (frame === undefined) continue;
        if (turns === this.#streams) turns.add(source); // To the end of the row.
        return frame;
      }
    }
    return undefined;
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
