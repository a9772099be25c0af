/**
 * JSON for records: the values a domain type holds that JSON does not (64-bit integers, bytes)
 * come back as what they were, whatever keys a label map contains.
 */

import { Buffer } from "node:buffer";

const bigintTag = "$bigint";
const bytesTag = "$bytes";

/** A value as JSON text; undefined fields are dropped. */
export function encodeRecord(value: unknown): string {
  return JSON.stringify(toPlain(value));
}

/**
 * The value that `encodeRecord` wrote.
 * @throws SyntaxError when the text is not JSON.
 */
export function decodeRecord(text: string): unknown {
  return fromPlain(JSON.parse(text));
}

function toPlain(value: unknown): unknown {
  if (typeof value === "bigint") return { [bigintTag]: value.toString() };
  if (value instanceof Uint8Array) return { [bytesTag]: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(toPlain);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).filter(([, field]) => field !== undefined)
        .map(([key, field]) => [escapeKey(key), toPlain(field)]),
    );
  }
  return value;
}

function fromPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && typeof only[1] === "string") {
    if (only[0] === bigintTag) return BigInt(only[1]);
    if (only[0] === bytesTag) return new Uint8Array(Buffer.from(only[1], "base64"));
  }
  // fromEntries defines properties, so a label named "__proto__" stays a label.
  return Object.fromEntries(entries.map(([key, field]) => [unescapeKey(key), fromPlain(field)]));
}

/** A label may be called "$bigint": keys that begin with "$" get one more. */
function escapeKey(key: string): string {
  return key.startsWith("$") ? `$${key}` : key;
}

function unescapeKey(key: string): string {
  return key.startsWith("$$") ? key.slice(1) : key;
}
