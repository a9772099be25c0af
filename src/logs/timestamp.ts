/**
 * RFC 3339 timestamps with nanoseconds, as they begin every line of a container log and every
 * message of Docker's `logs?timestamps=1`. `Date` holds milliseconds only; here nothing is lost.
 * Both directions work on bytes and remember the second, as they run once per line.
 */

import { Buffer } from "node:buffer";

const nsPerSecond = 1_000_000_000n;
const fractionDigits = 9;

/** Length of what {@linkcode TimestampFormatter} makes: `2026-01-02T03:04:05.123456789Z`. */
export const timestampLength = 30;

/** The longest form that is read: nine digits and an offset, `…05.123456789+02:00`. */
export const maxTimestampLength = 35;

/** Years beyond these have no four-digit form; a source that claims one is lying. */
const minNs = -62_135_596_800n * nsPerSecond;
const maxNs = 253_402_300_800n * nsPerSecond - 1n;

/** Where the fraction begins in the fixed form. */
const fractionAt = "2026-01-02T03:04:05.".length;

const digit0 = 0x30;

/** Makes fixed-width UTC timestamps; a time without a four-digit year is clamped. */
export class TimestampFormatter {
  #second: bigint | undefined;
  readonly #text = Buffer.from("0000-00-00T00:00:00.000000000Z");

  /** Nanoseconds since the epoch as text. */
  format(timeNs: bigint): string {
    return this.#fill(timeNs).toString("latin1");
  }

  /** Puts {@linkcode timestampLength} bytes at the beginning of `target`. */
  write(target: Uint8Array, timeNs: bigint): void {
    target.set(this.#fill(timeNs));
  }

  #fill(timeNs: bigint): Buffer {
    const clamped = timeNs < minNs ? minNs : timeNs > maxNs ? maxNs : timeNs;
    let second = clamped / nsPerSecond;
    let rest = Number(clamped % nsPerSecond);
    if (rest < 0) {
      rest += Number(nsPerSecond);
      second--;
    }
    if (second !== this.#second) {
      this.#second = second;
      const prefix = new Date(Number(second) * 1000).toISOString();
      this.#text.write(prefix.slice(0, fractionAt), "latin1");
    }
    for (let at = fractionAt + fractionDigits - 1; at >= fractionAt; at--) {
      const tenth = Math.floor(rest / 10);
      this.#text[at] = digit0 + rest - tenth * 10;
      rest = tenth;
    }
    return this.#text;
  }
}

/** A timestamp that was read, and how many bytes it took. */
export interface ReadTimestamp {
  readonly timeNs: bigint;
  readonly length: number;
}

/**
 * Reads the timestamp at `start` that ends just before the first space; undefined when there is
 * none within {@linkcode maxTimestampLength} bytes or it is not one.
 */
export function parseTimestamp(bytes: Uint8Array, start: number): ReadTimestamp | undefined {
  return parseFixed(bytes, start) ?? parseAny(bytes, start);
}

/** The form with nine digits and `Z`, which all but other people's lines have. */
function parseFixed(bytes: Uint8Array, start: number): ReadTimestamp | undefined {
  if (bytes[start + timestampLength] !== 0x20 || bytes[start + timestampLength - 1] !== 0x5a) {
    return undefined;
  }
  const isSeparated = bytes[start + 4] === 0x2d && bytes[start + 7] === 0x2d &&
    bytes[start + 10] === 0x54 && bytes[start + 13] === 0x3a && bytes[start + 16] === 0x3a &&
    bytes[start + 19] === 0x2e;
  if (!isSeparated) return undefined;
  const seconds = secondsOf(
    digits(bytes, start, 4),
    digits(bytes, start + 5, 2),
    digits(bytes, start + 8, 2),
    digits(bytes, start + 11, 2),
    digits(bytes, start + 14, 2),
    digits(bytes, start + 17, 2),
  );
  const fraction = digits(bytes, start + fractionAt, fractionDigits);
  if (seconds === undefined || Number.isNaN(fraction)) return undefined;
  return { timeNs: BigInt(seconds) * nsPerSecond + BigInt(fraction), length: timestampLength };
}

/** A number of exactly `count` decimal digits; NaN when there is another byte. */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = (bytes[index] ?? 0) - digit0;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Looks at most one byte past the longest form: scanning on would be quadratic on garbage. */
function parseAny(bytes: Uint8Array, start: number): ReadTimestamp | undefined {
  const window = bytes.subarray(start, start + maxTimestampLength + 1);
  const space = window.indexOf(0x20);
  if (space === -1) return undefined;
  const timeNs = parseTimestampText(Buffer.from(window.subarray(0, space)).toString("latin1"));
  return timeNs === undefined ? undefined : { timeNs, length: space };
}

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Nanoseconds since the epoch; undefined when the text is no RFC 3339 timestamp. */
export function parseTimestampText(text: string): bigint | undefined {
  const parts = pattern.exec(text);
  if (parts === null) return undefined;
  const number = (index: number) => Number(parts[index] ?? "0");
  const seconds = secondsOf(number(1), number(2), number(3), number(4), number(5), number(6));
  if (seconds === undefined) return undefined;
  const offset = (number(9) * 60 + number(10)) * 60 * (parts[8] === "-" ? -1 : 1);
  const fraction = BigInt((parts[7] ?? "").padEnd(fractionDigits, "0"));
  return BigInt(seconds - offset) * nsPerSecond + fraction;
}

/** Seconds since the epoch; undefined when a part is out of its range or no number. */
function secondsOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  // Said so that NaN fails as well. A leap second is read as the second after it.
  const isValid = year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
    hour <= 23 && minute <= 59 && second <= 60;
  if (!isValid) return undefined;
  return daysOf(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
}

/** Days since the epoch in the Gregorian calendar; years counted from March, so leap days end one. */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  const daysToEpoch = 719_468; // From 1 March of the year 0 to 1 January 1970.
  return shifted * 365 + leapDays + dayOfYear - daysToEpoch;
}
