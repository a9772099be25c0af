/**
 * Makes every client's `:authority` one that HTTP/2 takes. The gRPC library of older kubelets (seen:
 * 1.20.15) sends the path of the socket there. Servers in Go let that pass; nghttp2, on which
 * `node:http2` stands, ends the connection for it, and such a kubelet never starts. Nothing here goes
 * by the authority, so it is exchanged for a fixed one in the bytes that come from the client
 * (docs/decisions/0044-authority-of-old-clients.md).
 *
 * Header fields are compressed with a state on both sides (HPACK, RFC 7541). Only the value of a
 * literal field is exchanged, for one that is not longer: the entry that it adds to the dynamic table
 * stays in its place, and a table with smaller entries holds all that the client still refers to.
 */

import { joinBytes } from "../lib/bytes.ts";

/** Not longer than any that is replaced. */
const replacement = Uint8Array.of(1, 0x66); // "f", not Huffman-coded.

const prefaceBytes = 24;
const frameHeaderBytes = 9;
const headersType = 1;
const flags = { padded: 0x8, priority: 0x20 } as const;
const priorityBytes = 5;
/** `:authority` in HPACK's static table. */
const authorityIndex = 1;
/** Longer ones are for HTTP/2 to refuse: nobody was told that they are taken. */
const maxHeadersBytes = 16_384;

/** What one client sends, a chunk at a time. */
export class AuthorityFilter {
  /** Bytes that go through as they are: the preface, then payloads of other frames. */
  #through = prefaceBytes;
  #pending = new Uint8Array(0);

  /** The chunks to hand on for what has arrived. */
  push(chunk: Uint8Array): Uint8Array[] {
    const out: Uint8Array[] = [];
    let rest = this.#pending.length === 0 ? chunk : joinBytes([this.#pending, chunk]);
    while (rest.length > 0) {
      if (this.#through > 0) {
        const passing = rest.subarray(0, this.#through);
        out.push(passing);
        this.#through -= passing.length;
        rest = rest.subarray(passing.length);
        continue;
      }
      if (rest.length < frameHeaderBytes) break;
      const end = frameHeaderBytes + payloadLength(rest);
      if (rest[3] !== headersType || end > frameHeaderBytes + maxHeadersBytes) {
        this.#through = end;
        continue;
      }
      if (rest.length < end) break;
      out.push(withOwnAuthority(rest.subarray(0, end)));
      rest = rest.subarray(end);
    }
    this.#pending = rest.slice();
    return out;
  }
}

/** A HEADERS frame whose `:authority` is ours; one that is malformed stays as it is. */
function withOwnAuthority(frame: Uint8Array): Uint8Array {
  const flagBits = frame[4] ?? 0;
  let start = frameHeaderBytes;
  let end = frame.length;
  if ((flagBits & flags.padded) !== 0) {
    end -= frame[start] ?? 0;
    start += 1;
  }
  if ((flagBits & flags.priority) !== 0) start += priorityBytes;
  const value = authorityIn(frame.subarray(0, Math.max(start, end)), start);
  if (value === undefined) return frame;
  const changed = joinBytes([
    frame.subarray(0, value.start),
    replacement,
    frame.subarray(value.end),
  ]);
  const length = changed.length - frameHeaderBytes;
  changed.set([length >> 16, length >> 8 & 0xff, length & 0xff]);
  return changed;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the value of a literal `:authority` lies, its length prefix included. */
function authorityIn(bytes: Uint8Array, start: number): Span | undefined {
  let at = start;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    if ((first & 0x80) !== 0 || (first & 0xe0) === 0x20) { // An indexed field, a table's new size.
      const skipped = integerAt(bytes, at, (first & 0x80) !== 0 ? 7 : 5);
      if (skipped === undefined) return undefined;
      at = skipped.end;
      continue;
    }
    const name = integerAt(bytes, at, (first & 0x40) !== 0 ? 6 : 4);
    if (name === undefined) return undefined;
    const valueStart = name.value === 0 ? stringEnd(bytes, name.end) : name.end;
    const valueEnd = valueStart === undefined ? undefined : stringEnd(bytes, valueStart);
    if (valueStart === undefined || valueEnd === undefined) return undefined;
    const isEmpty = valueEnd === valueStart + 1;
    if (name.value === authorityIndex && !isEmpty) return { start: valueStart, end: valueEnd };
    at = valueEnd;
  }
  return undefined;
}

/** The end of a string: a length of 7 bits and more, then as many bytes. */
function stringEnd(bytes: Uint8Array, at: number): number | undefined {
  const length = integerAt(bytes, at, 7);
  if (length === undefined || length.end + length.value > bytes.length) return undefined;
  return length.end + length.value;
}

/** An integer with a prefix of so many bits (RFC 7541 §5.1). */
function integerAt(
  bytes: Uint8Array,
  at: number,
  bits: number,
): { readonly value: number; readonly end: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  const limit = (1 << bits) - 1;
  let value = first & limit;
  let end = at + 1;
  if (value < limit) return { value, end };
  for (let shift = 0; shift <= 21; shift += 7) {
    const next = bytes[end];
    if (next === undefined) return undefined;
    end++;
    value += (next & 0x7f) << shift;
    if ((next & 0x80) === 0) return { value, end };
  }
  return undefined;
}

function payloadLength(frame: Uint8Array): number {
  const [a = 0, b = 0, c = 0] = frame;
  return a << 16 | b << 8 | c;
}
