/**
 * Inflates the header blocks of one direction of a SPDY connection: a zlib stream (RFC 1950, 1951)
 * that begins with SPDY's dictionary and goes on from block to block. Written for hostile peers:
 * it runs at once and to an end, holds 32 KiB, and stops at the first byte over its limits, so that
 * a few compressed bytes cannot become many (docs/decisions/0060-inflating-headers.md).
 */

import { FraktiError, invalidArgument } from "../../lib/errors.ts";
import { BitReader } from "./bit_reader.ts";
import { type BlockCodes, fixedCodes, readDynamicCodes, readLength } from "./deflate_codes.ts";
import { headerDictionary, headerDictionaryId } from "./dictionary.ts";

const windowBytes = 32 * 1024;
const windowMask = windowBytes - 1;

/** Header blocks inflate to a few times their size; the first ones, by the dictionary, to more. */
const freeBytes = 1024 * 1024;
const maxRatio = 64;

type State =
  | { readonly kind: "start" }
  | { readonly kind: "block" }
  | { readonly kind: "stored"; left: number }
  | { readonly kind: "codes"; readonly codes: BlockCodes };

/** One direction's context; blocks must be given in order. */
export class HeaderInflater {
  readonly #reader = new BitReader();
  readonly #window = new Uint8Array(windowBytes);
  /** Bytes that went through the window, the dictionary included. */
  #written = 0;
  #state: State = { kind: "start" };
  #output = new Uint8Array(0);
  #size = 0;
  #maxSize = 0;
  #totalIn = 0;
  #totalOut = 0;

  constructor() {
    this.#window.set(headerDictionary);
    this.#written = headerDictionary.length;
  }

  /**
   * Everything that can be inflated once `payload` has come.
   * @throws FraktiError InvalidArgument when it is no such stream; ResourceExhausted when it
   *   becomes more than `maxBytes`, or over its life far more than came in. Then the context is of
   *   no use any more.
   */
  inflate(payload: Uint8Array, maxBytes: number): Uint8Array {
    this.#reader.feed(payload);
    this.#totalIn += payload.length;
    const allowed = freeBytes + maxRatio * this.#totalIn - this.#totalOut;
    this.#maxSize = Math.min(maxBytes, allowed);
    this.#output = new Uint8Array(Math.min(4 * payload.length + 64, this.#maxSize));
    this.#size = 0;
    for (;;) {
      const position = this.#reader.position;
      if (!this.#step(this.#state)) {
        this.#reader.rewind(position);
        break;
      }
    }
    this.#totalOut += this.#size;
    return this.#output.subarray(0, this.#size);
  }

  /** One step; false when it lacks bits, and then it has changed nothing but the reader. */
  #step(state: State): boolean {
    switch (state.kind) {
      case "start":
        return this.#readStart();
      case "block":
        return this.#readBlockHeader();
      case "stored":
        return this.#copyStored(state);
      case "codes":
        return this.#decode(state.codes);
    }
  }

  /** RFC 1950: method and window, flags, the dictionary's id. */
  #readStart(): boolean {
    if (this.#reader.availableBits < 48) return false;
    const [method = 0, flags = 0, ...id] = this.#reader.bytes(6);
    const isZlib = (method & 0x0f) === 8 && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0;
    if (!isZlib) throw invalidArgument("A header block does not begin as a zlib stream");
    const named = id.reduce((value, byte) => value * 256 + byte, 0);
    if ((flags & 0x20) === 0 || named !== headerDictionaryId) {
      throw invalidArgument("A header block is compressed without SPDY's dictionary");
    }
    this.#state = { kind: "block" };
    return true;
  }

  #readBlockHeader(): boolean {
    const header = this.#reader.bits(3);
    if (header < 0) return false;
    if ((header & 1) === 1) throw invalidArgument("A header block ends its zlib stream");
    switch (header >> 1) {
      case 0:
        return this.#readStoredHeader();
      case 1:
        this.#state = { kind: "codes", codes: fixedCodes };
        return true;
      case 2: {
        const codes = readDynamicCodes(this.#reader);
        if (codes === undefined) return false;
        this.#state = { kind: "codes", codes };
        return true;
      }
      default:
        throw invalidArgument("A header block has a part of unknown type");
    }
  }

  #readStoredHeader(): boolean {
    this.#reader.align();
    const length = this.#reader.bits(16);
    const complement = this.#reader.bits(16);
    if (length < 0 || complement < 0) return false;
    if ((length ^ complement) !== 0xffff) throw invalidArgument("A stored block has no length");
    this.#state = length === 0 ? { kind: "block" } : { kind: "stored", left: length };
    return true;
  }

  #copyStored(state: { left: number }): boolean {
    const bytes = this.#reader.bytes(state.left);
    if (bytes.length === 0) return false;
    for (const byte of bytes) this.#emit(byte);
    state.left -= bytes.length;
    if (state.left === 0) this.#state = { kind: "block" };
    return true;
  }

  /** One literal, one match, or the end of a block. */
  #decode({ literals, distances }: BlockCodes): boolean {
    const reader = this.#reader;
    const symbol = literals.decode(reader.bit);
    if (symbol === undefined) return false;
    if (symbol < 256) {
      this.#emit(symbol);
      return true;
    }
    if (symbol === 256) {
      this.#state = { kind: "block" };
      return true;
    }
    const length = readLength(reader, symbol - 257, "length");
    if (length === undefined) return false;
    const distanceSymbol = distances.decode(reader.bit);
    if (distanceSymbol === undefined) return false;
    const distance = readLength(reader, distanceSymbol, "distance");
    if (distance === undefined) return false;
    if (distance > Math.min(this.#written, windowBytes)) {
      throw invalidArgument("A header block refers to what was before its beginning");
    }
    for (let count = 0; count < length; count++) {
      this.#emit(this.#window[(this.#written - distance) & windowMask]!);
    }
    return true;
  }

  #emit(byte: number): void {
    if (this.#size === this.#output.length) this.#grow();
    this.#output[this.#size++] = byte;
    this.#window[this.#written++ & windowMask] = byte;
  }

  #grow(): void {
    if (this.#size >= this.#maxSize) {
      throw new FraktiError("ResourceExhausted", "A header block inflates to too many bytes");
    }
    const larger = new Uint8Array(Math.min(this.#maxSize, Math.max(64, 2 * this.#size)));
    larger.set(this.#output);
    this.#output = larger;
  }
}
