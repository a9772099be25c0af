/**
 * The beginning of a connection: HELLO is sent until the WELCOME that answers it is found among
 * whatever the guest's end still had under way. Nothing found before it is believed.
 */

import { Buffer } from "node:buffer";
import { hasCode } from "../../../lib/errors.ts";
import { decodeFields, encodeFields, type Fields } from "./fields.ts";
import { checkOf, encodeFrame, type Frame } from "./frames.ts";
import {
  FrameType,
  headerBytes,
  HelloTag,
  marker,
  protocolVersion,
  violation,
} from "./protocol.ts";

/** What the guest tells of itself. */
export interface Welcome {
  /** 32 hex digits, new at every boot. */
  readonly bootId: string;
  /** What Linux counts as total in the guest. */
  readonly memoryTotalBytes: number;
  readonly agentVersion: string;
  readonly kernelRelease: string;
}

const maxWelcomeBytes = 4096;
const maxNameBytes = 128;
const bootIdBytes = 16;
/** What may lie in QEMU's buffers and the guest's is far below. */
const maxSearchBytes = 16 * 1024 * 1024;

/** The marker and HELLO. */
export function encodeHello(nonce: Uint8Array, seed: Uint8Array, hostTimeNs: bigint): Uint8Array {
  const frame = encodeFrame(
    FrameType.hello,
    0,
    encodeFields([
      [HelloTag.version, protocolVersion],
      [HelloTag.nonce, nonce],
      [HelloTag.hostTime, hostTimeNs],
      [HelloTag.seed, seed],
    ]),
  );
  const out = new Uint8Array(marker.length + frame.length);
  out.set(marker);
  out.set(frame, marker.length);
  return out;
}

/** Finds the WELCOME that bears `nonce`. */
export class WelcomeSearch {
  readonly #nonce: Uint8Array;
  #held: Uint8Array = new Uint8Array(0);
  #searchedBytes = 0;

  constructor(nonce: Uint8Array) {
    this.#nonce = nonce;
  }

  /**
   * Looks into the next bytes; answers the welcome and the bytes after it once it is there.
   * @throws FraktiError Internal when the guest speaks another version, or sends without end.
   */
  push(chunk: Uint8Array): { readonly welcome: Welcome; readonly rest: Uint8Array } | undefined {
    this.#searchedBytes += chunk.length;
    if (this.#searchedBytes > maxSearchBytes) throw violation("floods the host before its WELCOME");
    const bytes = Buffer.concat([this.#held, chunk]);
    let from = 0;
    for (;;) {
      const at = bytes.indexOf(marker, from);
      if (at === -1) {
        this.#held = bytes.slice(Math.max(from, bytes.length - marker.length + 1));
        return undefined;
      }
      const found = this.#readAt(bytes, at + marker.length);
      if (found === "incomplete") {
        this.#held = bytes.slice(at);
        return undefined;
      }
      if (found !== undefined) return found;
      from = at + 1;
    }
  }

  #readAt(
    bytes: Uint8Array,
    at: number,
  ): "incomplete" | { readonly welcome: Welcome; readonly rest: Uint8Array } | undefined {
    if (bytes.length < at + headerBytes) return "incomplete";
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, headerBytes);
    const size = view.getUint32(0, true);
    const isWelcome = view.getUint32(4, true) === FrameType.welcome &&
      view.getBigUint64(8, true) === 0n && size <= maxWelcomeBytes;
    if (!isWelcome) return undefined;
    const end = at + headerBytes + size;
    if (bytes.length < end) return "incomplete";
    const payload = bytes.subarray(at + headerBytes, end);
    if (checkOf(payload) !== view.getUint32(16, true)) return undefined;
    const welcome = readWelcome(payload, this.#nonce);
    return welcome && { welcome, rest: bytes.slice(end) };
  }
}

/** Whether a WELCOME between frames answers a HELLO that was sent again. */
export function isRepeatedWelcome(frame: Frame, nonce: Uint8Array): boolean {
  return frame.id === 0 && readWelcome(frame.payload, nonce) !== undefined;
}

function readWelcome(payload: Uint8Array, nonce: Uint8Array): Welcome | undefined {
  const fields = fieldsWithNonce(payload, nonce);
  if (fields === undefined) return undefined;
  const version = fields.needNumber(HelloTag.version);
  if (version !== protocolVersion) {
    throw violation(`speaks version ${version} of the channel, not ${protocolVersion}`);
  }
  const bootId = fields.bytes(HelloTag.bootId);
  if (bootId?.length !== bootIdBytes) throw violation("did not tell its boot");
  return {
    bootId: Array.from(bootId, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    memoryTotalBytes: fields.needNumber(HelloTag.memoryTotal),
    agentVersion: fields.needText(HelloTag.agent, maxNameBytes),
    kernelRelease: fields.needText(HelloTag.kernel, maxNameBytes),
  };
}

/** A container can print what looks like a WELCOME; only the guest can know the nonce. */
function fieldsWithNonce(payload: Uint8Array, nonce: Uint8Array): Fields | undefined {
  try {
    const fields = decodeFields(payload);
    const theirs = fields.bytes(HelloTag.nonce);
    const isOurs = theirs?.length === nonce.length &&
      nonce.every((byte, index) => theirs[index] === byte);
    return isOurs ? fields : undefined;
  } catch (error) {
    if (hasCode(error, "Internal")) return undefined; // No fields: not the guest's.
    throw error;
  }
}
