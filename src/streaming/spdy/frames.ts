/**
 * The frames of SPDY/3.1 (draft 3, 2.2 and 2.6): their numbers, what frakti reads of control frames,
 * and the bytes of those it writes. No state; header blocks stay compressed here.
 */

import { invalidArgument } from "../../lib/errors.ts";

/** Frame headers, of data and of control frames alike. */
export const frameHeaderBytes = 8;

export const protocolVersion = 3;

export const frameType = {
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
export const flagUnidirectional = 2;

/** Why a stream is reset. */
export const resetStatus = {
  protocolError: 1,
  invalidStream: 2,
  refusedStream: 3,
  cancel: 5,
  internalError: 6,
} as const;

export type ResetStatus = (typeof resetStatus)[keyof typeof resetStatus];

/** Why a connection ends. */
export const goAwayStatus = { ok: 0, protocolError: 1, internalError: 2 } as const;

export type GoAwayStatus = (typeof goAwayStatus)[keyof typeof goAwayStatus];

/** What a peer may tell in a control frame; `block` is a compressed header block. */
export type ControlFrame =
  | {
    readonly kind: "synStream";
    readonly streamId: number;
    readonly isFin: boolean;
    readonly isUnidirectional: boolean;
    readonly block: Uint8Array;
  }
  | {
    readonly kind: "synReply" | "headers";
    readonly streamId: number;
    readonly isFin: boolean;
    readonly block: Uint8Array;
  }
  | { readonly kind: "rstStream"; readonly streamId: number; readonly status: number }
  | { readonly kind: "settings" }
  | { readonly kind: "ping"; readonly id: number }
  | { readonly kind: "goAway"; readonly lastStreamId: number; readonly status: number }
  | { readonly kind: "windowUpdate"; readonly streamId: number; readonly deltaBytes: number };

const idMask = 0x7fff_ffff;

/** Bytes before the header block. */
const synStreamBytes = 10;

/** True for the types that {@linkcode decodeControl} takes; others are to be ignored. */
export function isKnownType(type: number): boolean {
  return Object.values<number>(frameType).includes(type);
}

/**
 * Reads the payload of a control frame of a known type.
 * @throws FraktiError InvalidArgument when it is too short, too long, or names no stream.
 */
export function decodeControl(type: number, flags: number, payload: Uint8Array): ControlFrame {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const isFin = (flags & flagFin) !== 0;
  switch (type) {
    case frameType.synStream:
      need(payload.length >= synStreamBytes, "SYN_STREAM", payload);
      return {
        kind: "synStream",
        streamId: streamIdAt(view, 0),
        isFin,
        isUnidirectional: (flags & flagUnidirectional) !== 0,
        block: payload.subarray(synStreamBytes),
      };
    case frameType.synReply:
    case frameType.headers: {
      const kind = type === frameType.headers ? "headers" : "synReply";
      need(payload.length >= 4, kind === "headers" ? "HEADERS" : "SYN_REPLY", payload);
      return { kind, streamId: streamIdAt(view, 0), isFin, block: payload.subarray(4) };
    }
    case frameType.rstStream:
      need(payload.length === 8, "RST_STREAM", payload);
      return { kind: "rstStream", streamId: streamIdAt(view, 0), status: view.getUint32(4) };
    case frameType.settings: {
      const count = payload.length < 4 ? -1 : view.getUint32(0);
      need(payload.length === 4 + 8 * count, "SETTINGS", payload);
      return { kind: "settings" };
    }
    case frameType.ping:
      need(payload.length === 4, "PING", payload);
      return { kind: "ping", id: view.getUint32(0) };
    case frameType.goAway:
      need(payload.length === 8, "GOAWAY", payload);
      return {
        kind: "goAway",
        lastStreamId: view.getUint32(0) & idMask,
        status: view.getUint32(4),
      };
    case frameType.windowUpdate:
      need(payload.length === 8, "WINDOW_UPDATE", payload);
      return {
        kind: "windowUpdate",
        // 0 is the whole connection in SPDY/3.1.
        streamId: view.getUint32(0) & idMask,
        deltaBytes: view.getUint32(4) & idMask,
      };
    default:
      throw invalidArgument(`SPDY has no control frame of type ${type}`);
  }
}

function need(isSound: boolean, name: string, payload: Uint8Array): void {
  if (!isSound) throw invalidArgument(`A ${name} frame cannot have ${payload.length} bytes`);
}

function streamIdAt(view: DataView, offset: number): number {
  const id = view.getUint32(offset) & idMask;
  if (id === 0) throw invalidArgument("A frame names stream 0");
  return id;
}

/** The header of a data frame, whose payload follows in a piece of its own. */
export function dataHeader(streamId: number, sizeBytes: number, isFin: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(frameHeaderBytes));
  view.setUint32(0, streamId & idMask);
  view.setUint32(4, (sizeBytes & 0xff_ffff) | ((isFin ? flagFin : 0) << 24));
  return new Uint8Array(view.buffer);
}

/** A SYN_REPLY whose header block is compressed already. */
export function synReply(streamId: number, block: Uint8Array): Uint8Array {
  return control(frameType.synReply, [streamId], block);
}

export function rstStream(streamId: number, status: ResetStatus): Uint8Array {
  return control(frameType.rstStream, [streamId, status]);
}

export function ping(id: number): Uint8Array {
  return control(frameType.ping, [id]);
}

export function goAway(lastStreamId: number, status: GoAwayStatus): Uint8Array {
  return control(frameType.goAway, [lastStreamId, status]);
}

/** `streamId` 0 is the whole connection. */
export function windowUpdate(streamId: number, deltaBytes: number): Uint8Array {
  return control(frameType.windowUpdate, [streamId, deltaBytes]);
}

const noBlock: Uint8Array = new Uint8Array(0);

function control(type: number, words: readonly number[], block = noBlock): Uint8Array {
  const payloadBytes = 4 * words.length + block.length;
  const frame = new Uint8Array(frameHeaderBytes + payloadBytes);
  const view = new DataView(frame.buffer);
  view.setUint16(0, 0x8000 | protocolVersion);
  view.setUint16(2, type);
  view.setUint32(4, payloadBytes);
  words.forEach((word, index) => view.setUint32(frameHeaderBytes + 4 * index, word));
  frame.set(block, frameHeaderBytes + 4 * words.length);
  return frame;
}
