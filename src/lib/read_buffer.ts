/**
 * The memory one direction of a connection reads into: little while little comes, so that many idle
 * connections cost little, and much once it is filled, so that a busy one takes few reads.
 */

const smallestBytes = 16 * 1024;
const largestBytes = 256 * 1024;
const growth = 4;

export class ReadBuffer {
  #bytes = new Uint8Array(smallestBytes);

  /** What was read, to be used before the next read; undefined at the end. */
  async readFrom(source: Pick<Deno.Conn, "read">): Promise<Uint8Array | undefined> {
    const buffer = this.#bytes;
    const count = await source.read(buffer);
    if (count === null) return undefined;
    const { length } = buffer;
    if (count === length && length < largestBytes) this.#bytes = new Uint8Array(length * growth);
    if (count < smallestBytes && length > smallestBytes) {
      this.#bytes = new Uint8Array(smallestBytes);
    }
    return buffer.subarray(0, count);
  }
}
