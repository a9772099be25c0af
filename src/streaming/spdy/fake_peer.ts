/**
 * The client's side of a SPDY connection for unit tests: makes the frames that it sends and reads
 * those that it got. It may break every rule, as a hostile client does.
 */

import { Buffer } from "node:buffer";
import { HeaderDeflater } from "./deflate.ts";
import { frameHeaderBytes, frameType } from "./frames.ts";
import { encodeHeaderBlock, parseHeaderBlock } from "./header_block.ts";
import { HeaderInflater } from "./inflate.ts";

/** A frame as it was read; data frames have type 0. */
export interface ReadFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Uint8Array;
  /** Of SYN_REPLY. */
  readonly headers?: ReadonlyMap<string, readonly string[]>;
}

/** Any frame, sound or not. */
export function rawFrame(type: number, flags: number, payload: Uint8Array, version = 3) {
  const frame = new Uint8Array(frameHeaderBytes + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, 0x8000 | version);
  view.setUint16(2, type);
  view.setUint32(4, (flags << 24) | payload.length);
  frame.set(payload, frameHeaderBytes);
  return frame;
}

/** Words of 32 bits. */
export function words(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => view.setUint32(4 * index, value));
  return new Uint8Array(view.buffer);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A client with its own header contexts. */
export class FakePeer {
  readonly #deflater = new HeaderDeflater();
  readonly #inflater = new HeaderInflater();

  synStream(streamId: number, headers: Readonly<Record<string, string>>, flags = 0): Uint8Array {
    const map = new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
    const block = this.#deflater.deflate(encodeHeaderBlock(map));
    return rawFrame(
      frameType.synStream,
      flags,
      concat(words(streamId, 0), words(0).subarray(2), block),
    );
  }

  data(streamId: number, payload: string | Uint8Array, isFin = false): Uint8Array {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    return concat(words(streamId, ((isFin ? 1 : 0) << 24) | bytes.length), bytes);
  }

  rst(streamId: number, status = 5): Uint8Array {
    return rawFrame(frameType.rstStream, 0, words(streamId, status));
  }

  ping(id: number): Uint8Array {
    return rawFrame(frameType.ping, 0, words(id));
  }

  goAway(): Uint8Array {
    return rawFrame(frameType.goAway, 0, words(0, 0));
  }

  /** Takes apart what was written so far; call it once for each stretch. */
  read(written: readonly Uint8Array[]): ReadFrame[] {
    const bytes = concat(...written);
    const view = new DataView(bytes.buffer);
    const frames: ReadFrame[] = [];
    for (let offset = 0; offset < bytes.length;) {
      const isControl = view.getUint8(offset) >= 0x80;
      const length = view.getUint32(offset + 4) & 0xff_ffff;
      const start = offset + frameHeaderBytes;
      const payload = bytes.slice(start, start + length);
      const type = isControl ? view.getUint16(offset + 2) : 0;
      const streamId = view.getUint32(isControl ? start : offset) & 0x7fff_ffff;
      const isReply = type === frameType.synReply;
      frames.push({
        type,
        flags: view.getUint8(offset + 4),
        streamId,
        payload,
        ...(isReply
          ? { headers: parseHeaderBlock(this.#inflater.inflate(payload.subarray(4), 1024)) }
          : {}),
      });
      offset = start + length;
    }
    return frames;
  }
}
