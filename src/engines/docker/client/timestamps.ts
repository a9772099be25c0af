/**
 * Docker's times (RFC 3339 with up to nine digits) and nanoseconds since the epoch.
 */

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*)?(Z|[+-]\d{2}:?\d{2})$/;

const nsPerSecond = 1_000_000_000n;

/** Nanoseconds since the epoch; 0n for Docker's zero time and for anything malformed. */
export function parseTimestampNs(text: string): bigint {
  const match = pattern.exec(text);
  if (match === null) return 0n;
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = match;
  const offset = zone === "Z" ? "Z" : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const millis = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  if (!Number.isFinite(millis) || millis <= 0) return 0n;
  return BigInt(millis) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** The "seconds.nanoseconds" form that the `since` and `until` parameters take. */
export function sinceParameter(ns: bigint): string {
  const positive = ns < 0n ? 0n : ns;
  return `${positive / nsPerSecond}.${(positive % nsPerSecond).toString().padStart(9, "0")}`;
}
