/**
 * Lines of Docker's json-file, which is how hyperd keeps the output of a container. A line that is
 * none is left out: the file is what a container said, and what became of the node's disk. Pure.
 */

import { Buffer } from "node:buffer";
import { type LogEntry, parseTimestampText } from "../../../logs/mod.ts";

const newline = 0x0a;

/** A message has 16 KB, each byte of which may take six in JSON; beyond this it is none. */
const maxLineBytes = 1024 * 1024;

/** Cuts what is read from the file into lines. */
export class JsonLineCutter {
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** The line at hand is over the cap: nothing of it is kept. */
  #isTooLong = false;
  #offset: number;

  /** `offset`: where in the file the first byte stands. */
  constructor(offset: number) {
    this.#offset = offset;
  }

  /** Where in the file the first line stands that is not complete yet. */
  get offset(): number {
    return this.#offset;
  }

  /** The messages that are complete with this chunk. */
  push(chunk: Uint8Array): readonly LogEntry[] {
    const entries: LogEntry[] = [];
    for (let from = 0; from < chunk.length;) {
      const at = chunk.indexOf(newline, from);
      const end = at === -1 ? chunk.length : at;
      this.#keep(chunk.subarray(from, end));
      if (at === -1) break;
      const line = this.#take();
      if (line !== undefined) entries.push(line);
      from = at + 1;
    }
    return entries;
  }

  #keep(part: Uint8Array): void {
    this.#pendingBytes += part.length;
    if (this.#pendingBytes > maxLineBytes) {
      this.#isTooLong = true;
      this.#pending = [];
    }
    if (!this.#isTooLong) this.#pending.push(part.slice());
  }

  #take(): LogEntry | undefined {
    const text = this.#isTooLong ? "" : Buffer.concat(this.#pending).toString();
    this.#offset += this.#pendingBytes + 1;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#isTooLong = false;
    return parseJsonLine(text);
  }
}

/** A line of the file as a message; undefined when it is none. */
export function parseJsonLine(text: string): LogEntry | undefined {
  // What was punched out of the file reads as zeros.
  const start = text.indexOf("{");
  if (start === -1) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.slice(start));
  } catch {
    return undefined; // A line that a crash tore: see the module comment.
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { log, stream, time } = value as Record<string, unknown>;
  if (typeof log !== "string" || typeof time !== "string") return undefined;
  const timeNs = parseTimestampText(time);
  if (timeNs === undefined || (stream !== "stdout" && stream !== "stderr")) return undefined;
  const isEnded = log.endsWith("\n");
  const bytes = new TextEncoder().encode(isEnded ? log.slice(0, -1) : log);
  return { stream, timeNs, bytes, partial: !isEnded };
}
