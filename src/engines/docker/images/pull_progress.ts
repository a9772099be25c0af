/**
 * The progress that a pull answers with: JSON lines, in which errors arrive although the status
 * was 200.
 */

import { shape, shapeAt, textAt } from "../client/shape.ts";

/** What one line of a pull, load or similar stream says. */
export interface ProgressLine {
  /** The failure, when the line is one. */
  readonly error?: string;
  /** A layer's id; "" for lines about the whole. */
  readonly id: string;
  readonly status: string;
  /** Where the layer stands, in a form to compare. */
  readonly position: string;
}

/** Reads a line. Engines from 1.48 on may leave `error` out beside `errorDetail`. */
export function readProgress(value: unknown): ProgressLine {
  const from = shape(value);
  const detail = textAt(shapeAt(from, "errorDetail"), "message");
  const error = detail === "" ? textAt(from, "error") : detail;
  const progress = shapeAt(from, "progressDetail");
  return {
    ...(error === "" ? {} : { error }),
    id: textAt(from, "id"),
    status: textAt(from, "status"),
    position: `${String(progress["current"])}/${String(progress["total"])}`,
  };
}

const digestLine = /^Digest: (sha256:[0-9a-f]{64})$/;

/** The digest that the registry gave for what was pulled, when the line tells it. */
export function digestOf(line: ProgressLine): string | undefined {
  return digestLine.exec(line.status)?.[1];
}

/** Notices whether lines still get anywhere; an engine may talk for long while nothing moves. */
export class ProgressWatch {
  readonly #last = new Map<string, string>();

  /** True when the line tells something new about its layer. */
  isProgress(line: ProgressLine): boolean {
    if (line.status.startsWith("Retrying in") || line.status === "Waiting") return false;
    const now = `${line.status} ${line.position}`;
    if (this.#last.get(line.id) === now) return false;
    this.#last.set(line.id, now);
    return true;
  }
}
