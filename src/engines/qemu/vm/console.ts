/**
 * The last words of a guest: reads the console's ring in QEMU and picks the line that tells why.
 * All of it is hostile input on its way to messages and logs.
 */

import { Buffer } from "node:buffer";
import type { QmpClient } from "../qmp/client.ts";
import { consoleBytes, deviceIds } from "./command_line.ts";

/** Enough for a panic with its trace. */
const keptChars = 8 * 1024;
const maxLineChars = 300;

/** Takes out of QEMU what the guest has written since the last time, at most the ring's size. */
export async function readConsole(qmp: QmpClient): Promise<string> {
  const text = await qmp.execute("ringbuf-read", {
    device: deviceIds.console,
    size: consoleBytes,
    format: "base64",
  });
  return cleaned(typeof text === "string" ? Buffer.from(text, "base64").toString("latin1") : "");
}

/** What is kept of `before` followed by `more`. */
export function appendConsole(before: string, more: string): string {
  return (before + more).slice(-keptChars);
}

/** True when the guest's kernel gave up. */
export function isPanic(text: string): boolean {
  return text.includes("Kernel panic");
}

/** The line that says most of why a guest ended; "" when it has said nothing. */
export function tellingLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const panic = lines.find((line) => /Kernel panic|Out of memory|BUG:/.test(line));
  return (panic ?? lines.at(-1) ?? "").slice(0, maxLineChars);
}

/** Printable ASCII and line feeds. */
function cleaned(text: string): string {
  return text.replace(/\r/g, "").replace(/[^\x20-\x7e\n]/g, "?");
}
