/**
 * Turns the bytes of Docker's `logs?timestamps=1` into log entries. Without a terminal each frame
 * is one message; with one the messages follow each other without frames. Measured on Engine
 * 20.10 with the drivers `local` and `json-file`:
 *
 * - A message is `<RFC 3339, nine digits, Z> <content>`. Lines are cut every 16,384 bytes; all
 *   pieces of a line carry the time of the first, and only its last piece the newline. A line of
 *   exactly 16,384 bytes is followed by an empty last piece.
 * - `local` forgets the newline of the last piece of a line that was cut (a line that was not cut
 *   keeps its own). Behind a terminal the next message then follows without any separator.
 * - `json-file` replaces bytes that are no UTF-8 by U+FFFD, also where the cut fell into a
 *   character, so its pieces may be up to three times as long.
 * - Output that ends without a newline is a shorter message without one.
 */

import { Buffer } from "node:buffer";
import { unavailable } from "../../../lib/errors.ts";
import { type LogEntry, parseTimestamp, type StreamName } from "../../../logs/mod.ts";
import { FrameDemuxer } from "./demux.ts";

/** What must be known of the container to read its messages. */
export interface MessageSource {
  readonly tty: boolean;
  /** The driver in use; anything but "local" is taken to keep newlines, as `json-file` does. */
  readonly driver: string;
}

/** Where Docker's copier cuts lines. */
const pieceBytes = 16 * 1024;

/** Reads chunks of one stream, from its beginning to its end. */
export interface MessageReader {
  /** The entries that are complete with this chunk; they share memory with it. */
  push(chunk: Uint8Array): LogEntry[];
  /** The stream is over and was not broken off: what is left is the last entry. */
  end(): LogEntry[];
}

/** A reader for a container's messages; one per stream that was opened. */
export function messageReader(source: MessageSource): MessageReader {
  return source.tty ? new TerminalReader(source.driver) : new FrameReader(source.driver);
}

/** Knows for one stream of the container whether its next message goes on with a cut line. */
class LineState {
  readonly #losesNewline: boolean;
  #cutNs: bigint | undefined;

  constructor(driver: string) {
    this.#losesNewline = driver === "local";
  }

  /** Whether a message of that time may end a line without showing it. */
  mayEndUnseen(timeNs: bigint): boolean {
    return this.#losesNewline && this.#cutNs === timeNs;
  }

  /** `content` with its newline, if it has one. */
  entry(stream: StreamName, timeNs: bigint, content: Uint8Array): LogEntry {
    const ended = content.length > 0 && content[content.length - 1] === 0x0a;
    const bytes = ended ? content.subarray(0, -1) : content;
    const cut = !ended && content.length >= pieceBytes;
    const lostNewline = !ended && !cut && this.mayEndUnseen(timeNs);
    this.#cutNs = cut ? timeNs : undefined;
    return { stream, timeNs, bytes, partial: !ended && !lostNewline };
  }
}

class FrameReader implements MessageReader {
  readonly #demuxer = new FrameDemuxer();
  readonly #lines: Readonly<Record<StreamName, LineState>>;

  constructor(driver: string) {
    this.#lines = { stdout: new LineState(driver), stderr: new LineState(driver) };
  }

  push(chunk: Uint8Array): LogEntry[] {
    const entries: LogEntry[] = [];
    this.#demuxer.push(chunk, ({ stream, payload }) => {
      if (stream === "error") throw dockerError(payload);
      if (stream === "stdin") return;
      const time = parseTimestamp(payload, 0);
      if (time === undefined) throw unavailable("Docker sent a message without a time");
      const content = payload.subarray(time.length + 1);
      entries.push(this.#lines[stream].entry(stream, time.timeNs, content));
    });
    return entries;
  }

  end(): LogEntry[] {
    if (this.#demuxer.isInsideFrame) throw unavailable("Docker's output stopped inside a frame");
    return [];
  }
}

/** A message this long without an end is not one of Docker's; it is passed on in pieces. */
const maxMessageBytes = 1024 * 1024;

/** The fixed form that the API writes: `2026-01-02T03:04:05.123456789Z`. */
const fixedTimeLength = 30;

const newline = 0x0a;

class TerminalReader implements MessageReader {
  readonly #line: LineState;
  #rest: Uint8Array = new Uint8Array(0);
  #lastNs: bigint | undefined;

  constructor(driver: string) {
    this.#line = new LineState(driver);
  }

  push(chunk: Uint8Array): LogEntry[] {
    return this.#read(
      this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]),
      false,
    );
  }

  end(): LogEntry[] {
    return this.#read(this.#rest, true);
  }

  #read(bytes: Uint8Array, isEnd: boolean): LogEntry[] {
    const entries: LogEntry[] = [];
    let at = 0;
    while (at < bytes.length) {
      const message = this.#message(bytes, at, isEnd);
      if (message === undefined) break;
      this.#lastNs = message.timeNs;
      entries.push(
        this.#line.entry("stdout", message.timeNs, bytes.subarray(message.start, message.end)),
      );
      at = message.end;
    }
    this.#rest = isEnd ? new Uint8Array(0) : Uint8Array.from(bytes.subarray(at));
    return entries;
  }

  /** The message at `at`, its newline included; undefined when its end is not there yet. */
  #message(bytes: Uint8Array, at: number, isEnd: boolean) {
    if (!isEnd && bytes.length - at <= fixedTimeLength) return undefined;
    const time = parseTimestamp(bytes, at);
    if (time === undefined) return this.#withoutTime(bytes, at, isEnd);
    const { timeNs } = time;
    const start = at + time.length + 1;
    const found = bytes.indexOf(newline, start);
    const limit = found === -1 ? bytes.length : found;
    const next = nextMessage(
      bytes,
      this.#line.mayEndUnseen(timeNs) ? start : start + pieceBytes,
      limit,
      timeNs,
    );
    const end = next ?? (found === -1 ? undefined : found + 1);
    if (end !== undefined) return { timeNs, start, end };
    return isEnd || limit - start > maxMessageBytes ? { timeNs, start, end: limit } : undefined;
  }

  /** Bytes that do not begin with a time go on with what came before. */
  #withoutTime(bytes: Uint8Array, at: number, isEnd: boolean) {
    const found = bytes.indexOf(newline, at);
    if (found === -1 && !isEnd && bytes.length - at <= maxMessageBytes) return undefined;
    const end = found === -1 ? bytes.length : found + 1;
    if (this.#lastNs === undefined) throw dockerError(bytes.subarray(at, end));
    return { timeNs: this.#lastNs, start: at, end };
  }
}

/**
 * Where the next message begins in `bytes[from, limit)`, for messages that no newline ends: a time
 * that is not before the current one. Content that looks like it can only spoil its own log.
 */
function nextMessage(
  bytes: Uint8Array,
  from: number,
  limit: number,
  timeNs: bigint,
): number | undefined {
  for (let at = from; at + fixedTimeLength < limit; at++) {
    if (bytes[at + 10] !== 0x54 || bytes[at + 4] !== 0x2d || bytes[at + 29] !== 0x5a) continue;
    const time = parseTimestamp(bytes, at);
    if (time?.length === fixedTimeLength && time.timeNs >= timeNs) return at;
  }
  return undefined;
}

const maxErrorText = 300; // Enough for Docker's sentence; the rest is not ours to log.

/** What Docker says in place of messages, such as "Error grabbing logs: …". */
function dockerError(text: Uint8Array): Error {
  const said = Buffer.from(text.subarray(0, maxErrorText)).toString().trim();
  return unavailable(`Docker cannot read the output: "${said}"`);
}
