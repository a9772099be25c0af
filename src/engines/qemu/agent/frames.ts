/**
 * Frames of the agent channel: making them, and taking them apart as their bytes come, however
 * they are cut. A length is checked before anything is kept for it, and payloads are copied out of
 * the read buffer, so that a small frame never holds a large buffer.
 */

import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { invalidArgument } from "../../../lib/errors.ts";
import {
  dataPrefixBytes,
  FrameType,
  headerBytes,
  marker,
  maxPayloadBytes,
  violation,
} from "./protocol.ts";

export interface Frame {
  readonly type: number;
  /** Of the request or stream; 0 elsewhere. */
  readonly id: number;
  /** The reader's own copy. */
  readonly payload: Uint8Array;
}

/** Sizes that a type may have; a type that is not here ends the connection. */
type Sizes = ReadonlyMap<number, readonly [smallest: number, largest: number]>;

const streamSizes: readonly (readonly [number, readonly [number, number]])[] = [
  [FrameType.data, [dataPrefixBytes + 1, maxPayloadBytes]],
  [FrameType.ack, [16, 16]],
  [FrameType.eof, [16, 16]],
  [FrameType.reset, [8, 8]],
];

/** What a guest may send. */
export const guestFrames: Sizes = new Map([
  [FrameType.welcome, [0, 4096]],
  [FrameType.response, [4, maxPayloadBytes]],
  [FrameType.event, [4, 4096]],
  ...streamSizes,
]);

/** What a host may send. */
export const hostFrames: Sizes = new Map([
  [FrameType.hello, [0, 4096]],
  [FrameType.request, [4, maxPayloadBytes]],
  ...streamSizes,
]);

/**
 * One frame, its payload put together from `parts`.
 * @throws FraktiError InvalidArgument when they are more than a frame holds.
 */
export function encodeFrame(type: number, id: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  if (size > maxPayloadBytes) {
    throw invalidArgument(`A message of ${size} bytes is too large for the guest`);
  }
  const frame = new Uint8Array(headerBytes + size);
  let at = headerBytes;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  const view = new DataView(frame.buffer);
  view.setUint32(0, size, true);
  view.setUint8(4, type);
  view.setBigUint64(8, BigInt(id), true);
  view.setUint32(16, checkOf(frame.subarray(headerBytes)), true);
  return frame;
}

/** CRC-32 (IEEE) of a payload. */
export function checkOf(bytes: Uint8Array): number {
  return crc32(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

/** Takes frames apart. After an error it must not be used again. */
export class FrameReader {
  readonly #sizes: Sizes;
  readonly #header = new Uint8Array(headerBytes);
  readonly #view = new DataView(this.#header.buffer);
  #headerFill = 0;
  #payload: Uint8Array | undefined;
  #payloadFill = 0;

  /** `sizes`: {@linkcode guestFrames} or {@linkcode hostFrames}. */
  constructor(sizes: Sizes) {
    this.#sizes = sizes;
  }

  /**
   * The frames that end in `chunk`, one after another.
   * @throws FraktiError Internal when the bytes are no frames: nothing after can be trusted.
   */
  *push(chunk: Uint8Array): Generator<Frame> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payload === undefined) {
        at += this.#takeHeader(chunk, at);
        if (this.#headerFill < headerBytes) continue;
        this.#payload = new Uint8Array(this.#checkedSize());
        this.#payloadFill = 0;
      }
      const part = chunk.subarray(at, at + this.#payload.length - this.#payloadFill);
      this.#payload.set(part, this.#payloadFill);
      this.#payloadFill += part.length;
      at += part.length;
      if (this.#payloadFill === this.#payload.length) yield this.#finish(this.#payload);
    }
  }

  /** How many bytes of `chunk` went to the header. A marker between two frames is passed over. */
  #takeHeader(chunk: Uint8Array, at: number): number {
    // A marker is shorter than a header, and its first bytes would be a size far too large.
    const wanted = this.#headerFill < marker.length ? marker.length : headerBytes;
    const part = chunk.subarray(at, at + wanted - this.#headerFill);
    this.#header.set(part, this.#headerFill);
    this.#headerFill += part.length;
    if (this.#headerFill === marker.length && isMarker(this.#header)) this.#headerFill = 0;
    return part.length;
  }

  #checkedSize(): number {
    const size = this.#view.getUint32(0, true);
    const type = this.#header[4] ?? 0;
    const sizes = this.#sizes.get(type);
    if (sizes === undefined) throw violation(`sent a frame of unknown type ${type}`);
    if (size < sizes[0] || size > sizes[1]) {
      throw violation(`sent a frame of type ${type} with ${size} bytes`);
    }
    if (this.#header[5] !== 0 || this.#header[6] !== 0 || this.#header[7] !== 0) {
      throw violation(`sent a frame of type ${type} with flags that nobody knows`);
    }
    return size;
  }

  #finish(payload: Uint8Array): Frame {
    const type = this.#header[4] ?? 0;
    const id = Number(this.#view.getBigUint64(8, true));
    if (!Number.isSafeInteger(id)) throw violation("sent a frame with an id that nobody gave");
    const check = this.#view.getUint32(16, true);
    const isUnchecked = type === FrameType.data && check === 0;
    if (!isUnchecked && check !== checkOf(payload)) {
      throw violation(`sent a frame of type ${type} whose check does not match`);
    }
    this.#payload = undefined;
    this.#headerFill = 0;
    return { type, id, payload };
  }
}

function isMarker(header: Uint8Array): boolean {
  return marker.every((byte, index) => header[index] === byte);
}
