/**
 * Takes the mask off what a client sends (RFC 6455 §5.3), in place and a word at a time, before `ws`
 * sees it. The library does that byte by byte, which takes more processor time than all else that
 * becomes of an upload; to a mask of zeros it does nothing, so that is what it gets. Whether a frame
 * is allowed at all remains its business (decision 0075).
 */

const lengthBits = 0x7f;
const maskBit = 0x80;
const maskBytes = 4;

/** What follows the first two bytes of a header when its length is one of these. */
const moreLengthBytes: Readonly<Record<number, number>> = { 126: 2, 127: 8 };

/** For less, setting up words costs more than they save. */
const minWordsBytes = 32;

/** The frames of one connection, in pieces that end anywhere. */
export class Unmasker {
  /** How many bytes of a header have come. */
  #headerBytes = 0;
  /** Those of the length that come behind the second byte. */
  #lengthBytes = 0;
  #length = 0;
  #isMasked = false;
  /** The next byte of the payload belongs to the first. */
  readonly #mask = new Uint8Array(maskBytes);
  /** Of the payload, the bytes that have not come. */
  #payloadBytes = 0;

  /** Unmasks what is payload of masked frames and puts zeros where their masks were. */
  unmask(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      if (this.#payloadBytes === 0) {
        this.#takeHeader(piece, at++);
        continue;
      }
      const end = Math.min(piece.length, at + this.#payloadBytes);
      if (this.#isMasked) apply(piece.subarray(at, end), this.#mask);
      this.#payloadBytes -= end - at;
      at = end;
    }
  }

  /** Takes the byte of a header that is at `at`. */
  #takeHeader(piece: Uint8Array, at: number): void {
    const byte = piece[at] ?? 0;
    const index = this.#headerBytes++;
    if (index === 1) {
      this.#isMasked = (byte & maskBit) !== 0;
      this.#length = byte & lengthBits;
      this.#lengthBytes = moreLengthBytes[this.#length] ?? 0;
      if (this.#lengthBytes > 0) this.#length = 0;
    } else if (index > 1 && index < 2 + this.#lengthBytes) {
      // Beyond 2^53 it is not exact any more; the library has refused it long before.
      this.#length = this.#length * 256 + byte;
    } else if (index > 1) {
      this.#mask[index - 2 - this.#lengthBytes] = byte;
      piece[at] = 0;
    }
    const needed = 2 + this.#lengthBytes + (this.#isMasked ? maskBytes : 0);
    if (index === 0 || this.#headerBytes < needed) return;
    this.#headerBytes = 0;
    this.#payloadBytes = this.#length;
  }
}

/** Unmasks bytes, and turns the mask to where the next ones go on. */
function apply(bytes: Uint8Array, mask: Uint8Array): void {
  let done = 0;
  if (bytes.length >= minWordsBytes) {
    done = bytewise(bytes.subarray(0, -bytes.byteOffset & 3), mask);
    const word = new Int32Array(mask.slice().buffer)[0] ?? 0;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + done, (bytes.length - done) >> 2);
    for (let index = 0; index < words.length; index++) words[index]! ^= word;
    done += words.length * 4;
  }
  bytewise(bytes.subarray(done), mask);
}

function bytewise(bytes: Uint8Array, mask: Uint8Array): number {
  for (let index = 0; index < bytes.length; index++) bytes[index]! ^= mask[index & 3]!;
  const turn = bytes.length & 3;
  mask.set([...mask.subarray(turn), ...mask.subarray(0, turn)]);
  return bytes.length;
}
