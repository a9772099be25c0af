/**
 * Pressure stall information (Documentation/accounting/psi.rst): how long work waited for a
 * resource.
 */

export interface PressureLine {
  /** Microseconds since the group was made. */
  readonly totalUs: bigint;
  /** Percent of the last 10, 60 and 300 seconds. */
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
}

export interface Pressure {
  /** Everything waited. */
  readonly full?: PressureLine;
  /** Something waited. */
  readonly some?: PressureLine;
}

const linePattern =
  /^(some|full) avg10=(\d+(?:\.\d+)?) avg60=(\d+(?:\.\d+)?) avg300=(\d+(?:\.\d+)?) total=(\d{1,20})$/;

/** Reads a pressure file; undefined when there is none or the kernel has it switched off. */
export function parsePressure(text: string | undefined): Pressure | undefined {
  const lines = new Map<string, PressureLine>();
  for (const line of (text ?? "").split("\n")) {
    const match = linePattern.exec(line.trim());
    if (match === null) continue;
    const [, kind = "", avg10, avg60, avg300, total = "0"] = match;
    lines.set(kind, {
      totalUs: BigInt(total),
      avg10: Number(avg10),
      avg60: Number(avg60),
      avg300: Number(avg300),
    });
  }
  return lines.size === 0 ? undefined : Object.fromEntries(lines);
}
