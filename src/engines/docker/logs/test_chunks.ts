/** Cuts bytes as a socket might, for unit tests of the readers. */

/** Copies of `bytes` in pieces of the given sizes, over and over; one piece when none is given. */
export function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let turn = 0;
  for (let at = 0; at < bytes.length;) {
    const size = sizes[turn++ % Math.max(1, sizes.length)] ?? bytes.length;
    yield Uint8Array.from(bytes.subarray(at, at + size));
    at += size;
  }
}
