/**
 * Header blocks once they are inflated (draft 3, 2.6.10): a count, then names and values behind
 * their lengths; several values of a name are joined by NUL.
 */

import { FraktiError, invalidArgument } from "../../lib/errors.ts";

/** Values by name; names are in lower case. */
export type HeaderMap = ReadonlyMap<string, readonly string[]>;

/** The reference server's limits; real clients use three headers of a few bytes. */
export const maxHeaders = 1000;
export const maxFieldBytes = 1024 * 1024;
/** Of a whole block: room for one field of the largest size and whatever else there is. */
export const maxBlockBytes = 2 * maxFieldBytes;

/**
 * Reads a block.
 * @throws FraktiError InvalidArgument when it is malformed, names a header twice or none;
 *   ResourceExhausted when it is over a limit.
 */
export function parseHeaderBlock(block: Uint8Array): HeaderMap {
  const fields = new FieldReader(block);
  const count = fields.number("count");
  if (count > maxHeaders) {
    throw new FraktiError(
      "ResourceExhausted",
      `A header block has ${count} headers, more than ${maxHeaders}`,
    );
  }
  const headers = new Map<string, readonly string[]>();
  for (let index = 0; index < count; index++) {
    // Clients must send lower case; the reference server takes either.
    const name = fields.text().toLowerCase();
    if (name === "") throw invalidArgument("A header block has a header without name");
    if (headers.has(name)) throw invalidArgument("A header block names a header twice");
    headers.set(name, fields.text().split("\0"));
  }
  if (!fields.isAtEnd) throw invalidArgument("A header block goes on behind its last header");
  return headers;
}

class FieldReader {
  #offset = 0;
  readonly #view: DataView;

  constructor(readonly block: Uint8Array) {
    this.#view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#offset === this.block.length;
  }

  number(what: string): number {
    if (this.block.length - this.#offset < 4) {
      throw invalidArgument(`A header block ends before a ${what}`);
    }
    const value = this.#view.getUint32(this.#offset);
    this.#offset += 4;
    return value;
  }

  text(): string {
    const length = this.number("length");
    if (length > maxFieldBytes) {
      throw new FraktiError(
        "ResourceExhausted",
        `A header field has ${length} bytes, more than ${maxFieldBytes}`,
      );
    }
    if (this.block.length - this.#offset < length) {
      throw invalidArgument("A header block ends within a field");
    }
    const bytes = this.block.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return new TextDecoder().decode(bytes);
  }
}

/** The bytes of a block, as {@linkcode parseHeaderBlock} reads them. */
export function encodeHeaderBlock(headers: HeaderMap): Uint8Array {
  const encoder = new TextEncoder();
  const fields = [...headers].flatMap(([name, values]) => [
    encoder.encode(name),
    encoder.encode(values.join("\0")),
  ]);
  const block = new Uint8Array(fields.reduce((size, { length }) => size + 4 + length, 4));
  const view = new DataView(block.buffer);
  view.setUint32(0, headers.size);
  let offset = 4;
  for (const field of fields) {
    view.setUint32(offset, field.length);
    block.set(field, offset + 4);
    offset += 4 + field.length;
  }
  return block;
}
