/**
 * Reads container logs the way a kubelet does: lines with time, stream and tag, parts joined.
 */

import { Buffer } from "node:buffer";

export interface LogLine {
  readonly time: string;
  readonly stream: string;
  /** "P", "F", or "" in the form of Kubernetes 1.6, which has no tags. */
  readonly tag: string;
  readonly content: string;
}

const form =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([\s\S]*)$/;

/** The lines of a log; throws at the first that a kubelet could not read. */
export function parseLog(log: string, options: { readonly tagged?: boolean } = {}): LogLine[] {
  if (log === "") return [];
  if (!log.endsWith("\n")) throw new Error("The log does not end with a newline");
  return log.slice(0, -1).split("\n").map((line) => {
    const [, time, stream, rest] = form.exec(line) ?? [];
    if (time === undefined || stream === undefined || rest === undefined) {
      throw new Error(`Not a line of a container log: ${line.slice(0, 200)}`);
    }
    if (options.tagged === false) return { time, stream, tag: "", content: rest };
    const tag = rest.slice(0, 1);
    if (!/^[PF] /.test(rest)) throw new Error(`Line without a tag: ${line.slice(0, 200)}`);
    return { time, stream, tag, content: rest.slice(2) };
  });
}

/** What a stream wrote, with its newlines where it wrote them. */
export function outputOf(lines: readonly LogLine[], stream = "stdout"): string {
  return lines.filter((line) => line.stream === stream)
    .map((line) => line.tag === "P" ? line.content : `${line.content}\n`).join("");
}

/** A file of any size without decoding, one character per byte. */
export async function readBytes(path: string): Promise<string> {
  return Buffer.from(await Deno.readFile(path)).toString("latin1");
}
