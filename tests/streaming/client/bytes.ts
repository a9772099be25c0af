/** Small helpers on bytes that every part of the test client shares. */

/** All parts in one array. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A big-endian number of `size` bytes. */
export function bigEndian(value: number, size: 1 | 2 | 3 | 4): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes.subarray(4 - size);
}

/** The big-endian number of `size` bytes at `offset`. */
export function readBigEndian(bytes: Uint8Array, offset: number, size: 2 | 3 | 4): number {
  let value = 0;
  for (let index = offset; index < offset + size; index++) value = value * 256 + at(bytes, index);
  return value;
}

/** The byte at `index`; throws beyond the end. */
export function at(bytes: Uint8Array, index: number): number {
  const byte = bytes[index];
  if (byte === undefined) throw new Error(`There are ${bytes.length} bytes and none at ${index}`);
  return byte;
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function toText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
