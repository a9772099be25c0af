/**
 * Cuts a byte stream into SPDY frames as it comes. Control frames are small and handed on whole,
 * the payload of data frames is handed on in the pieces in which it arrives: no frame is ever
 * buffered beyond the cap of a control frame.
 */

import { FraktiError, invalidArgument } from "../../lib/errors.ts";
import {
  type ControlFrame,
  decodeControl,
  flagFin,
  frameHeaderBytes,
  isKnownType,
  protocolVersion,
} from "./frames.ts";

/**
 * Compressed headers of streams take some hundred bytes; SETTINGS, the only other control frame
 * without a fixed size, about as much.
 */
export const maxControlBytes = 256 * 1024;

/** Takes the frames, in order. */
export interface FrameSink {
  control(frame: ControlFrame): void;
  /** A piece of a data frame, the sink's until it returns; `isFin` with the last one of the stream. Possibly empty. */
  data(streamId: number, bytes: Uint8Array, isFin: boolean): void;
}

type Payload =
  | { readonly kind: "data"; readonly streamId: number; readonly isFin: boolean }
  | {
    readonly kind: "control";
    readonly type: number;
    readonly flags: number;
    buffer: Uint8Array | undefined;
    size: number;
  }
  | { readonly kind: "ignored" };

/** See the module comment. What a sink throws comes out of `feed`. */
export class FrameParser {
  readonly #sink: FrameSink;
  readonly #header = new Uint8Array(frameHeaderBytes);
  #headerSize = 0;
  #payload: Payload | undefined;
  /** Bytes of the payload that have not come yet. */
  #left = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /**
   * Takes the next bytes.
   * @throws FraktiError InvalidArgument when they are no SPDY/3 frames; ResourceExhausted when a
   *   control frame is too large. Nothing can be read any more then.
   */
  feed(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      rest = this.#payload === undefined ? this.#takeHeader(rest) : this.#take(this.#payload, rest);
    }
  }

  /** True between two frames. */
  get isAtFrameEnd(): boolean {
    return this.#payload === undefined && this.#headerSize === 0;
  }

  #takeHeader(bytes: Uint8Array): Uint8Array {
    const taken = bytes.subarray(0, frameHeaderBytes - this.#headerSize);
    this.#header.set(taken, this.#headerSize);
    this.#headerSize += taken.length;
    if (this.#headerSize === frameHeaderBytes) {
      this.#headerSize = 0;
      this.#begin();
    }
    return bytes.subarray(taken.length);
  }

  #begin(): void {
    const view = new DataView(this.#header.buffer);
    const flags = view.getUint8(4);
    const first = view.getUint32(0);
    this.#left = view.getUint32(4) & 0xff_ffff;
    if (first < 0x8000_0000) {
      if (first === 0) throw invalidArgument("A data frame names stream 0");
      this.#payload = { kind: "data", streamId: first, isFin: (flags & flagFin) !== 0 };
    } else {
      const version = view.getUint16(0) & 0x7fff;
      if (version !== protocolVersion) {
        throw invalidArgument(`A control frame is of SPDY version ${version}, not 3`);
      }
      const type = view.getUint16(2);
      if (isKnownType(type) && this.#left > maxControlBytes) {
        throw new FraktiError(
          "ResourceExhausted",
          `A control frame has ${this.#left} bytes, more than ${maxControlBytes}`,
        );
      }
      this.#payload = isKnownType(type)
        ? { kind: "control", type, flags, buffer: undefined, size: 0 }
        : { kind: "ignored" }; // As draft 3, 2.2.1 asks for.
    }
    if (this.#left === 0) this.#take(this.#payload, new Uint8Array(0));
  }

  #take(payload: Payload, bytes: Uint8Array): Uint8Array {
    const taken = bytes.subarray(0, this.#left);
    this.#left -= taken.length;
    const isWhole = this.#left === 0;
    if (isWhole) this.#payload = undefined;
    if (payload.kind === "data") {
      this.#sink.data(payload.streamId, taken, isWhole && payload.isFin);
    } else if (payload.kind === "control") {
      payload.buffer ??= new Uint8Array(taken.length + this.#left);
      payload.buffer.set(taken, payload.size);
      payload.size += taken.length;
      if (isWhole) this.#sink.control(decodeControl(payload.type, payload.flags, payload.buffer));
    }
    return bytes.subarray(taken.length);
  }
}
