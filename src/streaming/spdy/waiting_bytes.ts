/**
 * Bytes of one stream that wait to be read, copied into buffers that are used again. V8 learns of
 * memory outside its heap by collecting garbage, all of it: a buffer for each packet of a fast client
 * costs frakti more than the copy does.
 */

/** What is handed on at once: whoever reads it writes it to a process or a pod, which costs by piece. */
const bufferBytes = 64 * 1024;

/** Keys and lines get a buffer of their size. */
const minLargeBytes = 8 * 1024;
const smallBufferBytes = 512;

/** What a buffer costs beside its bytes. */
const overheadBytes = 128;

/** Buffers that nobody uses at the moment, for the streams of one connection. */
export class SpareBuffers {
  static readonly #max = 4;
  readonly #spares: Uint8Array<ArrayBuffer>[] = [];

  take(): Uint8Array<ArrayBuffer> {
    return this.#spares.pop() ?? new Uint8Array(bufferBytes);
  }

  give(buffer: Uint8Array<ArrayBuffer>): void {
    const isOurs = buffer.length === bufferBytes;
    if (isOurs && this.#spares.length < SpareBuffers.#max) this.#spares.push(buffer);
  }
}

interface Filled {
  readonly buffer: Uint8Array<ArrayBuffer>;
  sizeBytes: number;
}

/** See the module comment. */
export class WaitingBytes {
  readonly #spares: SpareBuffers;
  #filled: Filled[] = [];
  #sizeBytes = 0;
  /** What was taken last. */
  #lent: Filled["buffer"] | undefined;

  constructor(spares: SpareBuffers) {
    this.#spares = spares;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** What keeping them costs: whole buffers, however little is in them. */
  get costBytes(): number {
    return this.#filled.reduce((cost, { buffer }) => cost + buffer.length + overheadBytes, 0);
  }

  append(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.length;
    for (let rest = bytes; rest.length > 0;) {
      const last = this.#withRoom(rest.length);
      const part = rest.subarray(0, last.buffer.length - last.sizeBytes);
      last.buffer.set(part, last.sizeBytes);
      last.sizeBytes += part.length;
      rest = rest.subarray(part.length);
    }
  }

  /** What was taken last is done with. */
  giveBack(): void {
    if (this.#lent !== undefined) this.#spares.give(this.#lent);
    this.#lent = undefined;
  }

  /** The first of them. They are the taker's until the next call, or `giveBack`. */
  take(): Uint8Array | undefined {
    this.giveBack();
    const first = this.#filled.shift();
    this.#lent = first?.buffer;
    if (first === undefined) return undefined;
    this.#sizeBytes -= first.sizeBytes;
    return first.buffer.subarray(0, first.sizeBytes);
  }

  /** Forgets them; what was taken stays the taker's for good. */
  clear(): void {
    for (const { buffer } of this.#filled) this.#spares.give(buffer);
    this.#filled = [];
    this.#sizeBytes = 0;
    this.#lent = undefined;
  }

  #withRoom(sizeBytes: number): Filled {
    const last = this.#filled.at(-1);
    if (last !== undefined && last.sizeBytes < last.buffer.length) return last;
    const buffer = sizeBytes < minLargeBytes
      ? new Uint8Array(Math.max(sizeBytes, smallBufferBytes))
      : this.#spares.take();
    const fresh = { buffer, sizeBytes: 0 };
    this.#filled.push(fresh);
    return fresh;
  }
}
