/** How ids, ages and sizes are told to people. Pure. */

/** As many characters of an id as crictl and Docker's own tools show. */
const shortIdLength = 13;

const nsPerSecond = 1_000_000_000n;

/** The beginning of an id; of an image id without its algorithm. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, "").slice(0, shortIdLength);
}

/** Time since `thenNs` as "12s", "5m", "3h", "4d"; "?" for a time that is not known. */
export function age(thenNs: bigint, nowNs: bigint): string {
  if (thenNs <= 0n) return "?";
  const seconds = Number((nowNs - thenNs) / nsPerSecond);
  const steps: readonly (readonly [number, string])[] = [[86_400, "d"], [3600, "h"], [60, "m"]];
  for (const [size, unit] of steps) {
    // Two of a unit, so that "1h" does not stand for anything up to two hours.
    if (seconds >= size * 2) return `${Math.floor(seconds / size)}${unit}`;
  }
  return `${Math.max(0, seconds)}s`;
}

/** Bytes as "12.3 MB", in powers of 1000 as registries and crictl count. */
export function size(bytes: bigint): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = Number(bytes);
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** RFC 3339 for JSON, undefined for a time that is not known. */
export function timestamp(ns: bigint): string | undefined {
  return ns <= 0n ? undefined : new Date(Number(ns / 1_000_000n)).toISOString();
}
