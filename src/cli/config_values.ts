/**
 * The kinds of values the configuration knows: ranges, paths, sockets, hosts, sizes. Each carries
 * the phrase that follows "must be" in an error. Used by config_schema.ts only.
 */

import * as v from "valibot";
import { parseByteQuantity, quantityPattern } from "./quantity.ts";

const kib = 1024;

export const maxPort = 65535;

/** A longer value of any text key is a mistake or an attack, and would not fit an error line. */
const maxTextLength = 4096;

export function integer(min: number, max: number, phrase = `an integer from ${min} to ${max}`) {
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

/**
 * `/path` or `unix:///path`, giving the path. The pattern has everything but the length in bytes, so
 * that editors know it as well.
 */
export function unixSocket() {
  const phrase = `an absolute path or unix:///path of at most ${maxSocketPathBytes} bytes`;
  const scheme = "(?:unix:(?:\\/\\/)?(?=\\/[^/]))";
  return v.pipe(
    v.string(phrase),
    v.regex(
      new RegExp(
        `^${scheme}?(?=.{1,${maxSocketPathBytes}}$)\\/+[^/\\p{Cc}][^\\p{Cc}]*$`,
        "u",
      ),
      phrase,
    ),
    v.transform((text) => text.replace(new RegExp(`^${scheme}`), "")),
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

/** 1 to 65535, in a pattern so that editors know the range too. */
const port = "(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])";
const bracketed = "\\[[0-9A-Fa-f:.]+\\]";
const hostAndPort = `(?:${hostName}|${bracketed})?:${port}`;

/** `host:port`; an IPv6 address stands in brackets. */
export const hostPort = (phrase: string) => matching(phrase, new RegExp(`^${hostAndPort}$`));

/** `host:port` or "" for "off". */
export const optionalHostPort = (phrase: string) =>
  matching(phrase, new RegExp(`^(?:${hostAndPort})?$`));

/** Host or `host:port` for URLs, or "". One colon comes before a port, more are an IPv6 address. */
export function advertisedAddress() {
  const address = "[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*";
  return matching(
    "a host name or an IP address, with or without a port",
    new RegExp(`^(?:(?:${hostName}|${bracketed}):${port}|${hostName}|${address})?$`),
  );
}

/** A quantity such as 20Mi, giving bytes. */
export function bytes(min: number, max: number, zeroMeans?: string) {
  const range = `a size from ${formatKib(min)} to ${formatKib(max)} such as 20Mi`;
  const phrase = zeroMeans === undefined ? range : `0 (${zeroMeans}) or ${range}`;
  const numbers = integer(min, max, phrase);
  return v.pipe(
    v.union([
      v.pipe(v.string(phrase), v.regex(quantityPattern, phrase)),
      ...(zeroMeans === undefined ? [] : [v.literal(0, phrase)]),
      numbers,
    ], phrase),
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
