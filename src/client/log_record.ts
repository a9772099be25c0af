/**
 * Lines of a container's log file as the CRI has them: `TIME STREAM TAG CONTENT`, or without the
 * tag for pods of Kubernetes up to 1.9 (docs: logs of the old API). Pure.
 */

/** One line of the file. */
export interface LogRecord {
  readonly stream: "stdout" | "stderr";
  /** As in the file. */
  readonly time: string;
  readonly content: Uint8Array;
  /** The container ended its line here; else the next record of the stream goes on with it. */
  readonly isLineEnd: boolean;
}

const space = 0x20;
const decoder = new TextDecoder();

/**
 * The record of a line without its newline; undefined for what is none, such as the torn end of a
 * file that was being written when the power went.
 */
export function parseRecord(line: Uint8Array, hasTags: boolean): LogRecord | undefined {
  const timeEnd = line.indexOf(space);
  const streamEnd = timeEnd < 0 ? -1 : line.indexOf(space, timeEnd + 1);
  if (streamEnd < 0) return undefined;
  const stream = decoder.decode(line.subarray(timeEnd + 1, streamEnd));
  if (stream !== "stdout" && stream !== "stderr") return undefined;
  const time = decoder.decode(line.subarray(0, timeEnd));
  if (!hasTags) return { stream, time, content: line.subarray(streamEnd + 1), isLineEnd: true };
  const tagEnd = line.indexOf(space, streamEnd + 1);
  if (tagEnd < 0) return undefined;
  const [tag] = decoder.decode(line.subarray(streamEnd + 1, tagEnd)).split(":");
  if (tag !== "F" && tag !== "P") return undefined;
  return { stream, time, content: line.subarray(tagEnd + 1), isLineEnd: tag === "F" };
}
