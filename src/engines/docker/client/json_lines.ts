/**
 * Splitting a stream of JSON values, one per line, as the engine's events and progress come.
 */

import { FraktiError } from "../../../lib/errors.ts";

const newline = 0x0a;

/** A line that `jsonLines` yields. */
export interface JsonLine {
  readonly value: unknown;
  /** The line itself, for what JSON numbers cannot hold. */
  readonly text: string;
}

/**
 * Yields one value per line. Empty lines and lines that are not JSON are left out: what an engine
 * prints there is not for us.
 * @throws FraktiError ResourceExhausted when a line is longer than `maxLineBytes`.
 */
export async function* jsonLines(
  source: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<JsonLine> {
  const pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of source) {
    let from = 0;
    for (;;) {
      const at = chunk.indexOf(newline, from);
      const part = chunk.subarray(from, at === -1 ? chunk.length : at);
      pendingBytes += part.length;
      if (pendingBytes > maxLineBytes) {
        throw new FraktiError(
          "ResourceExhausted",
          `A line of Docker's stream is over ${maxLineBytes} bytes`,
        );
      }
      if (part.length > 0) pending.push(part);
      if (at === -1) break;
      const line = parseLine(pending.splice(0));
      pendingBytes = 0;
      if (line !== undefined) yield line;
      from = at + 1;
    }
  }
  const last = parseLine(pending);
  if (last !== undefined) yield last;
}

function parseLine(parts: readonly Uint8Array[]): JsonLine | undefined {
  const decoder = new TextDecoder();
  let text = "";
  for (const part of parts) text += decoder.decode(part, { stream: true });
  text = (text + decoder.decode()).trim();
  if (text === "") return undefined;
  try {
    return { value: JSON.parse(text), text };
  } catch {
    return undefined; // Half a line at a broken end, or noise: see above.
  }
}
