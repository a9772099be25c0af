/**
 * RFC 3339 timestamps with nanoseconds, as they begin every line of a container log and every
 * message of Docker's `logs?timestamps=1`. `Date` holds milliseconds only; here nothing is lost.
 */

const nsPerSecond = 1_000_000_000n;
const fractionDigits = 9;

/** Length of what {@linkcode TimestampFormatter} makes: `2026-01-02T03:04:05.123456789Z`. */
export const timestampLength = 30;

/** The longest form that is read: nine digits and an offset, `…05.123456789+02:00`. */
export const maxTimestampLength = 35;

/** Years beyond these have no four-digit form; a source that claims one is lying. */
const minNs = -62_135_596_800n * nsPerSecond;
const maxNs = 253_402_300_800n * nsPerSecond - 1n;

/** Makes fixed-width UTC timestamps; remembers the last second, as most lines share it. */
export class TimestampFormatter {
  #second: bigint | undefined;
  #prefix = "";

  /** Nanoseconds since the epoch as text; a time without a four-digit year is clamped. */
  format(timeNs: bigint): string {
    const clamped = timeNs < minNs ? minNs : timeNs > maxNs ? maxNs : timeNs;
    const rest = ((clamped % nsPerSecond) + nsPerSecond) % nsPerSecond;
    const second = (clamped - rest) / nsPerSecond;
    if (second !== this.#second) {
      this.#second = second;
      this.#prefix = new Date(Number(second) * 1000).toISOString().slice(0, 20);
    }
    return `${this.#prefix}${rest.toString().padStart(fractionDigits, "0")}Z`;
  }
}

/**
 * Reads the timestamp at `start` that ends just before the first space; undefined when there is
 * none within {@linkcode maxTimestampLength} bytes or it is not one.
 */
export function parseTimestamp(
  bytes: Uint8Array,
  start: number,
): { readonly timeNs: bigint; readonly length: number } | undefined {
  // Looks at most one byte past the longest form: scanning on would be quadratic on garbage.
  const space = bytes.subarray(start, start + maxTimestampLength + 1).indexOf(0x20);
  if (space < "2006-01-02T15:04:05Z".length) return undefined;
  const timeNs = parseTimestampText(latin1(bytes, start, start + space));
  return timeNs === undefined ? undefined : { timeNs, length: space };
}

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Nanoseconds since the epoch; undefined when the text is no RFC 3339 timestamp. */
export function parseTimestampText(text: string): bigint | undefined {
  const parts = pattern.exec(text);
  if (parts === null) return undefined;
  const number = (index: number) => Number(parts[index] ?? "0");
  const month = number(2);
  const day = number(3);
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  if (number(4) > 23 || number(5) > 59 || number(6) > 60) return undefined;
  // setUTCFullYear, because Date.UTC reads the years 0 to 99 as 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(number(1), month - 1, day);
  date.setUTCHours(number(4), number(5), number(6));
  const offsetMinutes = number(9) * 60 + number(10);
  const offsetMs = (parts[8] === "-" ? -offsetMinutes : offsetMinutes) * 60_000;
  const fraction = BigInt((parts[7] ?? "").padEnd(fractionDigits, "0"));
  return BigInt(date.getTime() - offsetMs) * 1_000_000n + fraction;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let index = start; index < end; index++) text += String.fromCharCode(bytes[index] ?? 0);
  return text;
}
