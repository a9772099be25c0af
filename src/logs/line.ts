/**
 * One line of a container log file, written and read back. The form is the CRI's
 * `<RFC3339Nano> <stdout|stderr> <P|F> <content>`; kubelets 1.6 to 1.9, which speak the `runtime`
 * package, take everything after the stream for content, so their pods get no tag.
 */

import { Buffer } from "node:buffer";
import { maxLineContentBytes, type StreamName } from "./entry.ts";
import { maxTimestampLength, parseTimestamp, TimestampFormatter } from "./timestamp.ts";

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
  readonly #buffer = Buffer.allocUnsafe(maxLineBytes);
  readonly #times = new TimestampFormatter();
  readonly #tags: Readonly<Record<"partial" | "full", string>>;
  #headerKey: string | undefined;
  #headerTimeNs: bigint | undefined;
  #headerLength = 0;

  constructor(format: LogFormat) {
    this.#tags = format === "tagged"
      ? { partial: " P ", full: " F " }
      : { partial: " ", full: " " };
  }

  /** The line of `content[start, end)`; at most {@linkcode maxLineContentBytes} of content. */
  encode(
    timeNs: bigint,
    stream: StreamName,
    partial: boolean,
    content: Uint8Array,
    start: number,
    end: number,
  ): Uint8Array {
    const key = stream + (partial ? this.#tags.partial : this.#tags.full);
    if (timeNs !== this.#headerTimeNs || key !== this.#headerKey) {
      const header = `${this.#times.format(timeNs)} ${key}`;
      this.#headerLength = this.#buffer.write(header, 0, "latin1");
      this.#headerTimeNs = timeNs;
      this.#headerKey = key;
    }
    this.#buffer.set(
      start === 0 && end === content.length ? content : content.subarray(start, end),
      this.#headerLength,
    );
    const length = this.#headerLength + end - start;
    this.#buffer[length] = 0x0a;
    return this.#buffer.subarray(0, length + 1);
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
