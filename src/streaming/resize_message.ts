/**
 * Terminal sizes as clients send them: a JSON object with Width and Height. Some send an object
 * without a usable size when their window is not laid out yet; that is no reason to end a session.
 */

import type { TerminalSize } from "./channels.ts";

/** A size with a line break takes some forty bytes. */
const maxMessageBytes = 1024;

/** Sizes are 16-bit numbers in the protocol, as they are in the kernel. */
const maxCells = 65_535;

/**
 * The size in a message of the resize channel. "none" when the object has no usable one,
 * "malformed" when the message is no JSON object.
 */
export function readResize(message: Uint8Array): TerminalSize | "none" | "malformed" {
  const value = message.length > maxMessageBytes ? undefined : parse(message);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "malformed";
  let columns: number | undefined;
  let rows: number | undefined;
  for (const [name, cells] of Object.entries(value)) {
    // Go reads names without regard to case, and there are clients that count on it.
    if (name.toLowerCase() === "width") columns = readCells(cells);
    if (name.toLowerCase() === "height") rows = readCells(cells);
  }
  return columns === undefined || rows === undefined ? "none" : { columns, rows };
}

function parse(message: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(message));
  } catch {
    return undefined;
  }
}

function readCells(value: unknown): number | undefined {
  if (typeof value !== "number" || !(value >= 1 && value <= maxCells)) return undefined;
  return Math.floor(value);
}
