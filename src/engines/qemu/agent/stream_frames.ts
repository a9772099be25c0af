/**
 * What DATA, ACK, EOF and RESET hold. Offsets are byte counts from the beginning of a direction,
 * as numbers: one above 2^53 - 1 is a lie.
 */

import { encodeFrame } from "./frames.ts";
import { dataPrefixBytes, FrameType, violation } from "./protocol.ts";

/** A piece of a stream. */
export interface DataBody {
  readonly offset: number;
  /** When the guest read it, nanoseconds since the epoch; 0 from the host. */
  readonly timeNs: bigint;
  readonly bytes: Uint8Array;
}

export interface AckBody {
  /** All before it is done with. */
  readonly offset: number;
  /** May be sent up to there. A limit of "no limit" is cut to the largest offset there is. */
  readonly limit: number;
}

export function encodeData(id: number, body: DataBody): Uint8Array {
  return encodeFrame(FrameType.data, id, pair(BigInt(body.offset), body.timeNs), body.bytes);
}

export function decodeData(payload: Uint8Array): DataBody {
  const view = viewOf(payload);
  const bytes = payload.subarray(dataPrefixBytes);
  const offset = offsetOf(view.getBigUint64(0, true));
  if (!Number.isSafeInteger(offset + bytes.length)) throw violation("sent data beyond any offset");
  return { offset, timeNs: view.getBigUint64(8, true), bytes };
}

export function encodeAck(id: number, body: AckBody): Uint8Array {
  return encodeFrame(FrameType.ack, id, pair(BigInt(body.offset), BigInt(body.limit)));
}

export function decodeAck(payload: Uint8Array): AckBody {
  const view = viewOf(payload);
  const limit = Number(view.getBigUint64(8, true));
  return {
    offset: offsetOf(view.getBigUint64(0, true)),
    limit: Math.min(limit, Number.MAX_SAFE_INTEGER),
  };
}

export function encodeEof(id: number, offset: number): Uint8Array {
  return encodeFrame(FrameType.eof, id, pair(BigInt(offset), 0n));
}

export function decodeEof(payload: Uint8Array): number {
  return offsetOf(viewOf(payload).getBigUint64(0, true));
}

/** `errno`: why the stream is given up. */
export function encodeReset(id: number, errno: number): Uint8Array {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint32(0, errno, true);
  return encodeFrame(FrameType.reset, id, body);
}

export function decodeReset(payload: Uint8Array): number {
  return viewOf(payload).getUint32(0, true);
}

function pair(first: bigint, second: bigint): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, first, true);
  view.setBigUint64(8, second, true);
  return bytes;
}

function viewOf(payload: Uint8Array): DataView {
  return new DataView(payload.buffer, payload.byteOffset, payload.length);
}

function offsetOf(value: bigint): number {
  const offset = Number(value);
  if (!Number.isSafeInteger(offset)) throw violation(`sent ${value} as an offset`);
  return offset;
}
