/**
 * The kinds of values the configuration knows: ranges, paths, sockets, hosts, sizes. Each carries
 * the phrase that follows "must be" in an error. Used by config_schema.ts only.
 */

import * as v from "valibot";
import { parseByteQuantity } from "./quantity.ts";

const kib = 1024;

export const maxPort = 65535;

/** A longer value of any text key is a mistake or an attack, and would not fit an error line. */
const maxTextLength = 4096;

export function integer(min: number, max: number) {
  const phrase = `an integer from ${min} to ${max}`;
  return v.pipe(
    v.number(phrase),
    v.integer(phrase),
    v.minValue(min, phrase),
    v.maxValue(max, phrase),
  );
}

export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return v.picklist(names, `one of ${names.join(", ")}`);
}

/** Text without control characters: these values end up in command lines, URLs and log lines. */
export function matching(phrase: string, pattern: RegExp) {
  return v.pipe(v.string(phrase), v.maxLength(maxTextLength, phrase), v.regex(pattern, phrase));
}

export const boolean = () => v.boolean("true or false");

export const absolutePath = () => matching("an absolute path", /^\/[^\p{Cc}]*$/u);

/** An absolute path, or "" for none. */
export const optionalPath = () =>
  matching('an absolute path, or "" for none', /^(?:\/[^\p{Cc}]*)?$/u);

/** Linux keeps 108 bytes for the path of a unix socket, one of them the final zero. */
const maxSocketPathBytes = 107;

/** `/path` or `unix:///path`, giving the path. */
export function unixSocket() {
  const phrase = `an absolute path or unix:///path of at most ${maxSocketPathBytes} bytes`;
  return v.pipe(
    v.string(phrase),
    v.transform((text) => text.replace(/^unix:(?:\/\/)?(?=\/[^/])/, "")),
    v.regex(/^\/+[^/\p{Cc}][^\p{Cc}]*$/u, phrase),
    v.check((path) => new TextEncoder().encode(path).length <= maxSocketPathBytes, phrase),
  );
}

/** The Docker Engine is reached over its socket alone: over TCP its API is root for anybody. */
export function dockerEndpoint() {
  return v.pipe(
    v.string("a unix socket such as unix:///var/run/docker.sock"),
    v.check(
      (text) => !/^(tcp|https?|ssh|npipe|fd):/.test(text),
      "a unix socket such as unix:///var/run/docker.sock, because frakti shares files and " +
        "namespaces with the Engine and does not talk to it over a network",
    ),
    unixSocket(),
  );
}

export const hostName = "[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?";
export const hostOrAddress = new RegExp(`^(?:${hostName}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$`);
const hostAndPort = new RegExp(`^(?:${hostName}|\\[[0-9A-Fa-f:.]+\\])?:(\\d{1,5})$`);

function hasPortInRange(text: string): boolean {
  const port = Number(hostAndPort.exec(text)?.[1] ?? Number.NaN);
  return port >= 1 && port <= maxPort;
}

/** `host:port`; an IPv6 address stands in brackets. */
export function hostPort(phrase: string) {
  return v.pipe(v.string(phrase), v.check(hasPortInRange, phrase));
}

/** `host:port` or "" for "off". */
export function optionalHostPort(phrase: string) {
  return v.pipe(
    v.string(phrase),
    v.check((text) => text === "" || hasPortInRange(text), phrase),
  );
}

/** Host or `host:port` for URLs, or "". */
export function advertisedAddress() {
  const phrase = "a host name or an IP address, with or without a port";
  return v.pipe(
    v.string(phrase),
    v.check((text) => {
      // One colon comes before a port, two or more are an IPv6 address.
      const isOneColon = /^[^:]+:[^:]*$/.test(text);
      if (isOneColon || text.startsWith("[")) return hasPortInRange(text);
      return text === "" || (hostOrAddress.test(text) && !/^:[^:]*$/.test(text));
    }, phrase),
  );
}

/** A quantity such as 20Mi, giving bytes. */
export function bytes(min: number, max: number, zeroMeans?: string) {
  const range = `a size from ${formatKib(min)} to ${formatKib(max)} such as 20Mi`;
  const phrase = zeroMeans === undefined ? range : `0 (${zeroMeans}) or ${range}`;
  return v.pipe(
    v.union([v.string(), v.number()], phrase),
    v.transform((raw) => parseByteQuantity(raw) ?? -1),
    v.check(
      (size) => (size >= min && size <= max) || (zeroMeans !== undefined && size === 0),
      phrase,
    ),
  );
}

function formatKib(size: number): string {
  const units = ["Ki", "Mi", "Gi", "Ti"];
  let value = size / kib;
  let unit = 0;
  for (; value >= kib && unit < units.length - 1; unit++) value /= kib;
  return `${value}${units[unit]}`;
}

/** A mapping; left out or left empty (all its keys commented out) means its defaults. */
export function section<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.optional(mapping(v.strictObject(entries, "a mapping")), {});
}

/** Objects only: a list would otherwise pass for a mapping without keys. */
export function mapping<const Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(
    v.unknown(),
    v.transform((raw: unknown): unknown => raw ?? {}),
    v.check((raw: unknown) => !Array.isArray(raw), "a mapping"),
    schema,
  );
}
