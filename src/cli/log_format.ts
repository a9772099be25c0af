/**
 * How a log line looks, as text and as JSON. Values in fields come from images, plugins and
 * clients: they are cut, cleaned of control characters, and fields whose names stand for secrets
 * are never printed. Pure; called by logging.ts.
 */

import { describe } from "../lib/errors.ts";
import type { LogFields } from "../lib/log.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** One line before it is formatted. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
  /** RFC 3339 with milliseconds, UTC. */
  readonly time: string;
}

type Plain = string | number | boolean | null | readonly Plain[] | {
  readonly [key: string]: Plain;
};

/** A longer text is cut: journald splits lines at 48 KiB, and a plugin may print megabytes. */
const maxTextLength = 4096;
const maxDepth = 4;
const maxItems = 32;

/**
 * Names, lower case and without separators, that hold credentials, tokens or the environment. A
 * guard only: callers do not pass such fields.
 */
const secretNames = new Set(
  ["auth", "authconfig", "authorization", "credentials", "env", "envs", "environ", "environment"],
);
const secretEndings = /(?:password|passwd|secret|token|privatekey|cookie)s?$/;

function isSecret(name: string): boolean {
  const plain = name.toLowerCase().replace(/[-_.]/g, "");
  return secretNames.has(plain) || secretEndings.test(plain);
}

/** The line as JSON: time, level, message, then the fields (a field of those names gets a `_`). */
export function formatJson(line: LogLine): string {
  const record: Record<string, Plain> = {
    time: line.time,
    level: line.level,
    message: cut(line.message),
  };
  for (const [name, value] of Object.entries(line.fields)) {
    if (value === undefined) continue;
    record[Object.hasOwn(record, name) ? `${name}_` : name] = plainField(name, value, 0);
  }
  return JSON.stringify(record);
}

/** The line for people: `TIME LEVEL message key=value key="two words"`. */
export function formatText(line: LogLine): string {
  const parts = [line.time, line.level.toUpperCase().padEnd(5), clean(cut(line.message))];
  for (const [name, value] of Object.entries(line.fields)) {
    if (value === undefined) continue;
    parts.push(`${clean(name)}=${textOf(plainField(name, value, 0))}`);
  }
  return parts.join(" ");
}

function textOf(value: Plain): string {
  if (typeof value === "string") {
    return /^[\w.:/@+-]+$/.test(value) ? value : clean(JSON.stringify(value));
  }
  return clean(JSON.stringify(value));
}

function plainField(name: string, value: unknown, depth: number): Plain {
  return isSecret(name) ? "[redacted]" : plain(value, depth);
}

function plain(value: unknown, depth: number): Plain {
  switch (typeof value) {
    case "string":
      return cut(value);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "object":
      return value === null ? null : plainObject(value, depth);
    default:
      return cut(String(value));
  }
}

function plainObject(value: object, depth: number): Plain {
  if (value instanceof Error) return cut(describe(value));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "?" : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= maxDepth) return "[...]";
  if (value instanceof Map) return plainObject(Object.fromEntries(value), depth);
  if (Array.isArray(value) || value instanceof Set) {
    return [...value].slice(0, maxItems).map((item) => plain(item, depth + 1));
  }
  const record: Record<string, Plain> = {};
  for (const [name, inner] of Object.entries(value).slice(0, maxItems)) {
    record[name] = plainField(name, inner, depth + 1);
  }
  return record;
}

function cut(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}...` : text;
}

/** Control characters (a forged line, a terminal's escape) become visible. */
function clean(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}
