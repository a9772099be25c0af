/**
 * Frames of SPDY/3.1 as bytes (draft-mbelshe-httpbis-spdy-00, sections 2.2 and 2.6): written whole,
 * read from a stream of bytes. Header blocks stay compressed here. Data comes out piece by piece as
 * it arrives.
 */

import { at, bigEndian, concat, readBigEndian } from "./bytes.ts";

/** Types of control frames. */
export const controlType = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

export const flagFin = 1;

/** Why a stream was reset (section 2.6.3). */
export const resetStatus = {
  protocolError: 1,
  invalidStream: 2,
  refusedStream: 3,
  unsupportedVersion: 4,
  cancel: 5,
  internalError: 6,
  flowControlError: 7,
} as const;

/** What arrives. */
export type Frame =
  | {
    readonly kind: "data";
    readonly streamId: number;
    readonly bytes: Uint8Array;
    /** With the last piece of the last frame of a stream. */
    readonly isLast: boolean;
  }
  | {
    readonly kind: "control";
    readonly version: number;
    readonly type: number;
    readonly flags: number;
    readonly payload: Uint8Array;
  };

const headBytes = 8;
const controlBit = 0x80;
const version3 = 3;

/** A data frame. */
export function dataFrame(streamId: number, bytes: Uint8Array, flags = 0): Uint8Array {
  return concat([bigEndian(streamId, 4), bigEndian(flags, 1), bigEndian(bytes.length, 3), bytes]);
}

/** A control frame of any type, also ones that do not exist. */
export function controlFrame(
  type: number,
  payload: Uint8Array,
  options: { readonly flags?: number; readonly version?: number; readonly length?: number } = {},
): Uint8Array {
  const { flags = 0, version = version3, length = payload.length } = options;
  const head = [bigEndian(0x8000 | version, 2), bigEndian(type, 2), bigEndian(flags, 1)];
  return concat([...head, bigEndian(length, 3), payload]);
}

/** SYN_STREAM with a compressed header block. */
export function synStream(streamId: number, block: Uint8Array, flags = 0): Uint8Array {
  const associated = bigEndian(0, 4);
  const priorityAndSlot = bigEndian(0, 2);
  const payload = concat([bigEndian(streamId, 4), associated, priorityAndSlot, block]);
  return controlFrame(controlType.synStream, payload, { flags });
}

export function rstStream(streamId: number, status: number): Uint8Array {
  return controlFrame(
    controlType.rstStream,
    concat([bigEndian(streamId, 4), bigEndian(status, 4)]),
  );
}

export function ping(id: number): Uint8Array {
  return controlFrame(controlType.ping, bigEndian(id, 4));
}

export function goAway(lastGoodStreamId: number, status = 0): Uint8Array {
  const payload = concat([bigEndian(lastGoodStreamId, 4), bigEndian(status, 4)]);
  return controlFrame(controlType.goAway, payload);
}

/** Takes a stream of bytes apart. */
export class FrameReader {
  #pending: Uint8Array = new Uint8Array(0);
  #data: { readonly streamId: number; left: number; readonly isLast: boolean } | undefined;

  /** The frames, and pieces of data, that these bytes complete. */
  *push(bytes: Uint8Array): Generator<Frame> {
    let rest = this.#pending.length === 0 ? bytes : concat([this.#pending, bytes]);
    this.#pending = new Uint8Array(0);
    for (;;) {
      if (this.#data !== undefined) {
        const piece = rest.subarray(0, this.#data.left);
        rest = rest.subarray(piece.length);
        const { streamId, isLast } = this.#data;
        this.#data.left -= piece.length;
        const isWhole = this.#data.left === 0;
        if (isWhole) this.#data = undefined;
        if (isWhole || piece.length > 0) {
          yield { kind: "data", streamId, bytes: piece, isLast: isLast && isWhole };
        }
        if (!isWhole) return;
      }
      if (rest.length < headBytes) break;
      const length = readBigEndian(rest, 5, 3);
      if ((at(rest, 0) & controlBit) === 0) {
        const isLast = (at(rest, 4) & flagFin) !== 0;
        this.#data = { streamId: readBigEndian(rest, 0, 4), left: length, isLast };
        rest = rest.subarray(headBytes);
        continue;
      }
      if (rest.length < headBytes + length) break;
      yield {
        kind: "control",
        version: readBigEndian(rest, 0, 2) & 0x7fff,
        type: readBigEndian(rest, 2, 2),
        flags: at(rest, 4),
        payload: rest.slice(headBytes, headBytes + length),
      };
      rest = rest.subarray(headBytes + length);
    }
    this.#pending = rest.slice();
  }
}
