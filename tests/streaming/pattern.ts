/**
 * Bytes that tests send and expect: every value occurs, no part repeats soon, and both sides can
 * make them without sending them to each other first.
 */

import { createHash } from "node:crypto";

const blockBytes = 64 * 1024;
const primeBytes = 65_521; // The block, shifted by one prime each time: no two chunks are alike.

/** A block whose bytes come from a small generator with a long period. */
function makeBlock(): Uint8Array {
  const block = new Uint8Array(blockBytes + primeBytes);
  let state = 0x2545f491;
  for (let index = 0; index < block.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    block[index] = state;
  }
  return block;
}

const block = makeBlock();

/** `size` bytes in chunks. Nobody may change them. */
export function* pattern(size: number): Generator<Uint8Array> {
  let start = 0;
  for (let left = size; left > 0; left -= blockBytes) {
    yield block.subarray(start, start + Math.min(left, blockBytes));
    start = (start + 4099) % primeBytes;
  }
}

/** The SHA-256 of {@linkcode pattern}, in hexadecimal. */
export function patternHash(size: number): string {
  const hash = createHash("sha256");
  for (const chunk of pattern(size)) hash.update(chunk);
  return hash.digest("hex");
}

/** Hashes a stream of chunks; size and SHA-256. */
export async function hashOf(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: number; readonly hash: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, hash: hash.digest("hex") };
}
