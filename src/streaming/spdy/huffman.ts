/**
 * Canonical Huffman codes as DEFLATE (RFC 1951, 3.2.2) describes them: by the lengths of their
 * symbols' codes. Decoding goes bit by bit, which is quick enough for headers and cannot be led
 * astray: a set of lengths that is no code is refused when it is made.
 */

import { invalidArgument } from "../../lib/errors.ts";

const maxCodeBits = 15;

/** Decodes symbols of one code. */
export class HuffmanCode {
  /** How many codes have each length. */
  readonly #counts = new Uint16Array(maxCodeBits + 1);
  /** Symbols ordered by code. */
  readonly #symbols: Uint16Array;

  /**
   * @param lengths bits of each symbol's code, 0 for a symbol that does not occur.
   * @throws FraktiError InvalidArgument when no prefix code has these lengths. One that leaves
   *   codes unused is taken only where DEFLATE allows it: a single symbol of one bit, or none.
   */
  constructor(lengths: Uint8Array) {
    for (const length of lengths) this.#counts[length]!++;
    const used = lengths.length - this.#counts[0]!;
    this.#counts[0] = 0;
    let left = 1;
    for (let bits = 1; bits <= maxCodeBits; bits++) {
      left = left * 2 - this.#counts[bits]!;
      if (left < 0) throw invalidArgument("A Huffman code has more codes than bits allow");
    }
    const isTiny = used === 0 || (used === 1 && this.#counts[1] === 1);
    if (left > 0 && !isTiny) throw invalidArgument("A Huffman code is incomplete");
    const offsets = new Uint16Array(maxCodeBits + 2);
    for (let bits = 1; bits <= maxCodeBits; bits++) {
      offsets[bits + 1] = offsets[bits]! + this.#counts[bits]!;
    }
    this.#symbols = new Uint16Array(used);
    lengths.forEach((length, symbol) => {
      if (length > 0) this.#symbols[offsets[length]!++] = symbol;
    });
  }

  /**
   * The next symbol; undefined when `nextBit` runs out (gives a negative number).
   * @throws FraktiError InvalidArgument when the bits are no code.
   */
  decode(nextBit: () => number): number | undefined {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let bits = 1; bits <= maxCodeBits; bits++) {
      const bit = nextBit();
      if (bit < 0) return undefined;
      code |= bit;
      const count = this.#counts[bits]!;
      if (code - count < first) return this.#symbols[index + (code - first)];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw invalidArgument("Bits are no code of their Huffman code");
  }
}
