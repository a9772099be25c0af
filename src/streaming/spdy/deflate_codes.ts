/**
 * The codes of DEFLATE's blocks (RFC 1951, 3.2.5 to 3.2.7): the fixed ones, those that a block
 * brings along, and what length and distance symbols stand for.
 */

import { invalidArgument } from "../../lib/errors.ts";
import type { BitReader } from "./bit_reader.ts";
import { HuffmanCode } from "./huffman.ts";

/** What a block's bits are read with. */
export interface BlockCodes {
  readonly literals: HuffmanCode;
  readonly distances: HuffmanCode;
}

const literalSymbols = 286;
const distanceSymbols = 30;

/** Base and number of extra bits of each symbol. */
interface Ranges {
  readonly bases: readonly number[];
  readonly extraBits: readonly number[];
}

const ranges: Readonly<Record<"length" | "distance", Ranges>> = {
  length: lengthRanges(),
  distance: rangesFrom(1, Array.from({ length: 30 }, (_, index) => Math.max(0, (index >> 1) - 1))),
};

function lengthRanges(): Ranges {
  const extra = Array.from({ length: 28 }, (_, index) => Math.max(0, (index >> 2) - 1));
  const { bases } = rangesFrom(3, extra);
  // The longest match has a symbol of its own.
  return { bases: [...bases, 258], extraBits: [...extra, 0] };
}

function rangesFrom(start: number, extraBits: readonly number[]): Ranges {
  let next = start;
  const bases = extraBits.map((bits) => {
    const base = next;
    next += 1 << bits;
    return base;
  });
  return { bases, extraBits };
}

/**
 * What a length or distance symbol and its extra bits stand for; undefined when bits are lacking.
 * @throws FraktiError InvalidArgument when there is no such symbol.
 */
export function readLength(
  reader: BitReader,
  symbol: number,
  kind: keyof typeof ranges,
): number | undefined {
  const base = ranges[kind].bases[symbol];
  const extraBits = ranges[kind].extraBits[symbol];
  if (base === undefined || extraBits === undefined) {
    throw invalidArgument(`A header block has an unknown ${kind} symbol`);
  }
  const extra = reader.bits(extraBits);
  return extra < 0 ? undefined : base + extra;
}

export const fixedCodes: BlockCodes = {
  literals: new HuffmanCode(
    new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280),
  ),
  distances: new HuffmanCode(new Uint8Array(32).fill(5)),
};

/** The order in which the code of the code lengths comes. */
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Repetitions among code lengths: extra bits and the least count; 16 repeats the last length. */
const repeats: Readonly<Record<number, { readonly bits: number; readonly least: number }>> = {
  16: { bits: 2, least: 3 },
  17: { bits: 3, least: 3 },
  18: { bits: 7, least: 11 },
};

/**
 * The codes that stand before a block; undefined when bits are lacking.
 * @throws FraktiError InvalidArgument when they are no codes.
 */
export function readDynamicCodes(reader: BitReader): BlockCodes | undefined {
  const literalCount = reader.bits(5) + 257;
  const distanceCount = reader.bits(5) + 1;
  const orderCount = reader.bits(4) + 4;
  if (literalCount < 257 || distanceCount < 1 || orderCount < 4) return undefined;
  if (literalCount > literalSymbols || distanceCount > distanceSymbols) {
    throw invalidArgument("A header block has too many codes");
  }
  const lengths = readCodeLengths(reader, orderCount, literalCount + distanceCount);
  if (lengths === undefined) return undefined;
  if (lengths[256] === 0) throw invalidArgument("A header block has a part without end");
  return {
    literals: new HuffmanCode(lengths.subarray(0, literalCount)),
    distances: new HuffmanCode(lengths.subarray(literalCount)),
  };
}

function readCodeLengths(
  reader: BitReader,
  orderCount: number,
  count: number,
): Uint8Array | undefined {
  const orderLengths = new Uint8Array(lengthOrder.length);
  for (const symbol of lengthOrder.slice(0, orderCount)) {
    const length = reader.bits(3);
    if (length < 0) return undefined;
    orderLengths[symbol] = length;
  }
  const code = new HuffmanCode(orderLengths);
  const lengths = new Uint8Array(count);
  for (let index = 0; index < count;) {
    const symbol = code.decode(reader.bit);
    if (symbol === undefined) return undefined;
    const repeat = repeats[symbol];
    if (repeat === undefined) {
      lengths[index++] = symbol;
      continue;
    }
    const more = reader.bits(repeat.bits);
    if (more < 0) return undefined;
    const last = symbol === 16 ? lengths[index - 1] : 0;
    if (last === undefined || index + repeat.least + more > count) {
      throw invalidArgument("A header block repeats code lengths past their number");
    }
    lengths.fill(last, index, index + repeat.least + more);
    index += repeat.least + more;
  }
  return lengths;
}
