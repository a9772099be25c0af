/**
 * How far a container's log came before frakti ended, from all there is to know: the file itself,
 * the file that was rotated away before it, and the position that a record kept.
 */

import type { LogFile, LogFiles } from "./log_file.ts";
import { type LogPosition, mergePositions } from "./position.ts";
import { type LogTail, readTail, type TailOptions } from "./tail.ts";

/** What is known of a log besides its files. */
export interface ResumeHints {
  /** The position last kept. */
  readonly stored?: LogPosition;
  /** When the container was created: older lines are of another that used the same path. */
  readonly createdAtNs?: bigint;
}

/**
 * The end of `file`, with the position completed. The rotated file is asked only when `file` is
 * too young to tell alone: after a crash between the kubelet's rename and our reopening, the
 * record does not know of the last lines. A record taken from `file` itself knows all before it.
 */
export async function resumePosition(
  path: string,
  file: LogFile,
  files: LogFiles,
  hints: ResumeHints,
): Promise<LogTail> {
  const options: TailOptions = hints.createdAtNs === undefined
    ? {}
    : { notBeforeNs: hints.createdAtNs };
  const tail = await readTail(file, options);
  let known = hints.stored;
  if (tail.isShort && (known?.file === undefined || known.file !== file.id)) {
    const rotated = files.openRotated(path);
    if (rotated !== undefined) {
      try {
        known = mergePositions(known, (await readTail(rotated, options)).position);
      } finally {
        rotated.close();
      }
    }
  }
  return { ...tail, position: mergePositions(known, tail.position) };
}
