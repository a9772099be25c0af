/**
 * One line of a container log file, written and read back. The form is the CRI's
 * `<RFC3339Nano> <stdout|stderr> <P|F> <content>`; kubelets 1.6 to 1.9, which speak the `runtime`
 * package, take everything after the stream for content, so their pods get no tag.
 */

import { Buffer } from "node:buffer";
import { maxLineContentBytes, type StreamName } from "./entry.ts";
import {
  maxTimestampLength,
  parseTimestamp,
  TimestampFormatter,
  timestampLength,
} from "./timestamp.ts";

/**
 * "untagged" for pods made through the 1.6 `runtime` package. It has no word for a partial line:
 * lines over {@linkcode maxLineContentBytes} are broken there.
 */
export type LogFormat = "tagged" | "untagged";

/** Longest header: timestamp, stream, tag and their spaces. */
const maxHeaderBytes = maxTimestampLength + " stdout F ".length;

/** The longest line that a {@linkcode LineEncoder} makes, its newline included. */
export const maxLineBytes = maxHeaderBytes + maxLineContentBytes + 1;

/** Makes lines in a buffer of its own that the next line overwrites. */
export class LineEncoder {
  /** What {@linkcode encode} made last. */
  readonly buffer = Buffer.allocUnsafe(maxLineBytes);
  readonly #times = new TimestampFormatter();
  readonly #headers: Readonly<Record<StreamName, { partial: Uint8Array; full: Uint8Array }>>;
  #timeNs: bigint | undefined;

  constructor(format: LogFormat) {
    const header = (stream: StreamName) => ({
      partial: Buffer.from(` ${stream} ${format === "tagged" ? "P " : ""}`),
      full: Buffer.from(` ${stream} ${format === "tagged" ? "F " : ""}`),
    });
    this.#headers = { stdout: header("stdout"), stderr: header("stderr") };
  }

  /**
   * Puts the line of `content[start, end)` into the buffer; its length, newline included.
   * At most {@linkcode maxLineContentBytes} of content.
   */
  encode(
    timeNs: bigint,
    stream: StreamName,
    partial: boolean,
    content: Uint8Array,
    start: number,
    end: number,
  ): number {
    if (timeNs !== this.#timeNs) {
      this.#times.write(this.buffer, timeNs);
      this.#timeNs = timeNs;
    }
    const header = this.#headers[stream][partial ? "partial" : "full"];
    this.buffer.set(header, timestampLength);
    const at = timestampLength + header.length;
    this.buffer.set(
      start === 0 && end === content.length ? content : content.subarray(start, end),
      at,
    );
    const length = at + end - start;
    this.buffer[length] = 0x0a;
    return length + 1;
  }
}

/** Time and stream of the line at `start`; undefined when it is no line of a container log. */
export function parseLineHeader(
  bytes: Uint8Array,
  start: number,
): { readonly timeNs: bigint; readonly stream: StreamName } | undefined {
  const time = parseTimestamp(bytes, start);
  if (time === undefined) return undefined;
  const at = start + time.length + 1;
  if (hasText(bytes, at, "stdout ")) return { timeNs: time.timeNs, stream: "stdout" };
  if (hasText(bytes, at, "stderr ")) return { timeNs: time.timeNs, stream: "stderr" };
  return undefined;
}

function hasText(bytes: Uint8Array, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
