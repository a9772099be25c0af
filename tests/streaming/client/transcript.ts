/** What one side of a recorded SPDY connection said: its HTTP head, its streams, its data. */

import { concat, readBigEndian, toText } from "./bytes.ts";
import { controlType, FrameReader } from "./frames.ts";
import { type Headers, HeaderUnpacker } from "./headers.ts";

/** One side of a connection, understood. */
export interface Transcript {
  /** Up to and with the empty line. */
  readonly head: string;
  readonly opened: readonly { readonly id: number; readonly headers: Headers }[];
  /** Streams that this side replied to. */
  readonly replied: readonly number[];
  readonly reset: readonly number[];
  /** Streams that this side has ended with FIN. */
  readonly ended: readonly number[];
  /** The data of a stream. */
  data(streamId: number): Uint8Array;
  /** The same as text. */
  text(streamId: number): string;
}

/** Where the frames begin: behind the empty line of the HTTP head. */
export function headLength(bytes: Uint8Array): number {
  // Heads are ASCII; latin1 keeps every later byte one character.
  const end = new TextDecoder("latin1").decode(bytes).indexOf("\r\n\r\n");
  if (end < 0) throw new Error("There is no HTTP head");
  return end + 4;
}

/** Reads everything one side said. */
export async function readSpdy(bytes: Uint8Array): Promise<Transcript> {
  const start = headLength(bytes);
  const unpacker = new HeaderUnpacker();
  const data = new Map<number, Uint8Array[]>();
  const opened: { readonly id: number; readonly headers: Headers }[] = [];
  const [replied, reset, ended]: [number[], number[], number[]] = [[], [], []];
  for (const frame of new FrameReader().push(bytes.subarray(start))) {
    if (frame.kind === "data") {
      data.set(frame.streamId, [...data.get(frame.streamId) ?? [], frame.bytes]);
      if (frame.isLast) ended.push(frame.streamId);
      continue;
    }
    const id = readBigEndian(frame.payload, 0, 4);
    if (frame.type === controlType.synStream) {
      opened.push({ id, headers: await unpacker.unpackHeaders(frame.payload.subarray(10)) });
    }
    if (frame.type === controlType.synReply) {
      await unpacker.unpackHeaders(frame.payload.subarray(4));
      replied.push(id);
    }
    if (frame.type === controlType.rstStream) reset.push(id);
  }
  const dataOf = (streamId: number) => concat(data.get(streamId) ?? []);
  return {
    head: toText(bytes.subarray(0, start)),
    ...{ opened, replied, reset, ended },
    data: dataOf,
    text: (streamId) => toText(dataOf(streamId)),
  };
}
