/**
 * Figures as unsigned 64-bit numbers. A guest's are its own word: one that is too large would break
 * the encoding of the whole list in which it stands, and with it the figures of every other pod.
 */

const max = 2n ** 64n - 1n;

/** The nearest number that the wire can carry. */
export function toUint64(value: bigint): bigint {
  if (value < 0n) return 0n;
  return value > max ? max : value;
}
