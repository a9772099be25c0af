/**
 * The checks that requests go through before anything is done with them. Everything a client sends
 * is looked at here once, so that engines may rely on it: each refusal is InvalidArgument and names
 * the field.
 */

import { isIP } from "node:net";
import { invalidArgument } from "../../lib/errors.ts";

/** Something the request cannot do without. */
export function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw invalidArgument(`Field "${field}" is missing`);
  return value;
}

/** A text that may not be empty and holds no NUL. */
export function nonEmpty(value: string, field: string): string {
  if (value === "") throw invalidArgument(`Field "${field}" is empty`);
  return withoutNul(value, field);
}

/** The C interfaces below end a text at NUL: nothing may hide behind one. */
export function withoutNul(value: string, field: string): string {
  if (value.includes("\0")) throw invalidArgument(`Field "${field}" holds a NUL character`);
  return value;
}

const controlOrSpace = /[\p{Cc}\s]/u;

/** A text for a line of a configuration file: not empty, no white space, no control characters. */
export function word(value: string, field: string): string {
  if (value === "" || controlOrSpace.test(value)) {
    throw invalidArgument(`Field "${field}" is not one word: ${JSON.stringify(value)}`);
  }
  return value;
}

/** A name that becomes part of file and container names: one word without a slash. */
export function nameWord(value: string, field: string): string {
  nonEmpty(value, field);
  word(value, field);
  if (value.includes("/")) throw invalidArgument(`Field "${field}" holds a slash: "${value}"`);
  return value;
}

/** A path that does not climb. */
export function withoutDotDot(value: string, field: string): string {
  withoutNul(value, field);
  if (value.split("/").includes("..")) {
    throw invalidArgument(`Field "${field}" may not hold "..": "${value}"`);
  }
  return value;
}

/** A path from the root that does not climb. */
export function absolutePath(value: string, field: string): string {
  if (!value.startsWith("/")) {
    throw invalidArgument(`Field "${field}" is not an absolute path: "${value}"`);
  }
  return withoutDotDot(value, field);
}

/** A path below something else that does not climb; "" is one. */
export function relativePath(value: string, field: string): string {
  if (value.startsWith("/")) {
    throw invalidArgument(`Field "${field}" is not a relative path: "${value}"`);
  }
  return withoutDotDot(value, field);
}

/** An IPv4 or IPv6 address, a zone allowed. */
export function ipAddress(value: string, field: string): string {
  const [address = ""] = value.split("%");
  if (isIP(address) === 0 || controlOrSpace.test(value)) {
    throw invalidArgument(`Field "${field}" is not an IP address: "${value}"`);
  }
  return value;
}

/** A whole number within bounds, both included. */
export function inRange<N extends number | bigint>(value: N, min: N, max: N, field: string): N {
  if (value < min || value > max) {
    throw invalidArgument(`Field "${field}" is not within ${min} to ${max}: ${value}`);
  }
  return value;
}

/** The largest id the kernel takes; one above it means "no change". */
const maxUnixId = 4_294_967_294n;

/** A user or group id. */
export function unixId(value: bigint, field: string): bigint {
  return inRange(value, 0n, maxUnixId, field);
}

/** What stands at `index` of `names`: the domain's word for an enum number of the wire. */
export function enumName<Name extends string>(
  names: readonly Name[],
  index: number,
  field: string,
): Name {
  const name = names[index];
  if (name === undefined) throw invalidArgument(`Field "${field}" has unknown value ${index}`);
  return name;
}
