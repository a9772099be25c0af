/**
 * The fields inside HELLO, WELCOME, requests, responses and events: tag, length, bytes. Reading
 * checks every length against what is there; unknown tags are passed over, as the protocol says.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import { violation } from "./protocol.ts";

/** A number goes as 8 bytes, a string as UTF-8; an undefined value leaves the field out. */
export type FieldValue = number | bigint | boolean | string | Uint8Array | undefined;

/** Fields in their order; a tag may come again. */
export type FieldList = readonly (readonly [tag: number, value: FieldValue])[];

const fieldHeaderBytes = 8;
const numberBytes = 8;

/**
 * The bytes of `fields`.
 * @throws FraktiError InvalidArgument for text with a zero byte: the guest's C strings end there.
 */
export function encodeFields(fields: FieldList): Uint8Array {
  const parts: { readonly tag: number; readonly bytes: Uint8Array }[] = [];
  let size = 0;
  for (const [tag, value] of fields) {
    if (value === undefined) continue;
    const bytes = bytesOf(value);
    parts.push({ tag, bytes });
    size += fieldHeaderBytes + bytes.length;
  }
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const { tag, bytes } of parts) {
    view.setUint16(at, tag, true);
    view.setUint32(at + 4, bytes.length, true);
    out.set(bytes, at + fieldHeaderBytes);
    at += fieldHeaderBytes + bytes.length;
  }
  return out;
}

function bytesOf(value: Exclude<FieldValue, undefined>): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") {
    if (value.includes("\0")) throw invalidArgument("Text for the guest holds a zero byte");
    return new TextEncoder().encode(value);
  }
  const bytes = new Uint8Array(numberBytes);
  const number = BigInt(value);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, number), true);
  return bytes;
}

interface Field {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/**
 * Takes fields apart; what they hold shares memory with `payload`.
 * @throws FraktiError Internal when the lengths do not add up.
 */
export function decodeFields(payload: Uint8Array): Fields {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const fields: Field[] = [];
  let at = 0;
  while (at < payload.length) {
    if (at + fieldHeaderBytes > payload.length) throw violation("sent a field that is cut off");
    const tag = view.getUint16(at, true);
    const length = view.getUint32(at + 4, true);
    at += fieldHeaderBytes;
    if (length > payload.length - at) {
      throw violation(`sent field ${tag} with more bytes than there are`);
    }
    fields.push({ tag, bytes: payload.subarray(at, at + length) });
    at += length;
  }
  return new Fields(fields);
}

/** Decoded fields. Readings of what is malformed throw FraktiError Internal. */
export class Fields {
  readonly #fields: readonly Field[];

  constructor(fields: readonly Field[]) {
    this.#fields = fields;
  }

  /** The bytes of the first field with this tag. */
  bytes(tag: number): Uint8Array | undefined {
    return this.#fields.find((field) => field.tag === tag)?.bytes;
  }

  /** Text, what is no UTF-8 replaced. @throws also when it is longer than `maxBytes`. */
  text(tag: number, maxBytes = 4096): string | undefined {
    const bytes = this.bytes(tag);
    if (bytes === undefined) return undefined;
    if (bytes.length > maxBytes) throw violation(`sent text of ${bytes.length} bytes`);
    if (bytes.includes(0)) throw violation("sent text with a NUL character");
    return new TextDecoder().decode(bytes);
  }

  /** A number without sign, as it may be up to 2^64 - 1. */
  bigint(tag: number): bigint | undefined {
    const bytes = this.bytes(tag);
    if (bytes === undefined) return undefined;
    if (bytes.length !== numberBytes) {
      throw violation(`sent number ${tag} as ${bytes.length} bytes`);
    }
    return new DataView(bytes.buffer, bytes.byteOffset, numberBytes).getBigUint64(0, true);
  }

  /** A number from 0 to `max`. */
  number(tag: number, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.bigint(tag);
    if (value === undefined) return undefined;
    if (value > BigInt(max)) throw violation(`sent ${value} as number ${tag}, over ${max}`);
    return Number(value);
  }

  /** As {@linkcode number}, and the field must be there. */
  needNumber(tag: number, max = Number.MAX_SAFE_INTEGER): number {
    return this.number(tag, max) ?? missing(tag);
  }

  /** As {@linkcode bigint}, and the field must be there. */
  needBigint(tag: number): bigint {
    return this.bigint(tag) ?? missing(tag);
  }

  /** As {@linkcode text}, and the field must be there. */
  needText(tag: number, maxBytes = 4096): string {
    return this.text(tag, maxBytes) ?? missing(tag);
  }

  /** Lists of things: each field `first` begins the next thing; what comes before is dropped. */
  groups(first: number): readonly Fields[] {
    const groups: Field[][] = [];
    for (const field of this.#fields) {
      if (field.tag === first) groups.push([]);
      groups.at(-1)?.push(field);
    }
    return groups.map((group) => new Fields(group));
  }
}

function missing(tag: number): never {
  throw violation(`left field ${tag} out`);
}
