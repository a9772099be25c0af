/**
 * Bits of a byte stream that comes in pieces, lowest bit first as DEFLATE packs them. A reader that
 * finds too few bits goes back to where it began and tries again when more bytes have come.
 */

import { joinBytes } from "../../lib/bytes.ts";

/** See the module comment. */
export class BitReader {
  #bytes: Uint8Array = new Uint8Array(0);
  /** Position of the next bit. */
  #position = 0;

  /** Adds bytes behind those that were not read yet. */
  feed(bytes: Uint8Array): void {
    const rest = this.#bytes.subarray(this.#position >> 3);
    this.#bytes = joinBytes([rest, bytes]);
    this.#position &= 7;
  }

  /** Where the next bit is; for {@linkcode rewind}, valid until the next `feed`. */
  get position(): number {
    return this.#position;
  }

  rewind(position: number): void {
    this.#position = position;
  }

  /** Bits that can be read. */
  get availableBits(): number {
    return this.#bytes.length * 8 - this.#position;
  }

  /** The next bit; -1 when there is none. */
  readonly bit = (): number => {
    const byte = this.#bytes[this.#position >> 3];
    if (byte === undefined) return -1;
    return (byte >> (this.#position++ & 7)) & 1;
  };

  /** The next `count` (at most 16) bits as a number; -1, and nothing read, when there are fewer. */
  bits(count: number): number {
    if (this.availableBits < count) return -1;
    let value = 0;
    for (let index = 0; index < count; index++) value |= this.bit() << index;
    return value;
  }

  /** Skips to the next whole byte. */
  align(): void {
    this.#position = (this.#position + 7) & ~7;
  }

  /** Up to `count` whole bytes; the reader must be aligned. The bytes are not copied. */
  bytes(count: number): Uint8Array {
    const start = this.#position >> 3;
    const taken = this.#bytes.subarray(start, start + count);
    this.#position += taken.length * 8;
    return taken;
  }
}
