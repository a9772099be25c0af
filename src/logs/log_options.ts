/**
 * What a container log is given and what it tells: its options, its needs, its problems and its
 * counters.
 */

import type { Clock } from "../lib/clock.ts";
import type { LogFormat } from "./line.ts";
import type { LogFiles } from "./log_file.ts";
import type { LogPosition } from "./position.ts";
import type { ResumeHints } from "./resume.ts";

/** Something that went wrong with a log, for the node's log and its metrics. */
export type LogProblem =
  | { readonly kind: "write-failed"; readonly path: string; readonly error: unknown }
  | { readonly kind: "write-recovered"; readonly path: string; readonly lostLines: number }
  | { readonly kind: "rotation-failed"; readonly path: string; readonly error: unknown }
  | { readonly kind: "position-not-kept"; readonly path: string; readonly error: unknown };

/** What a log is and how it begins. */
export interface LogOptions {
  /** Absolute. */
  readonly path: string;
  readonly format: LogFormat;
  /**
   * Own cap for kubelets that do not rotate (up to 1.10): a file that would grow over it becomes
   * `<path>.1`, replacing the one before. 0 = none.
   */
  readonly maxSizeBytes: number;
  /**
   * Given when the container may have written before: the file's end then tells how far it came,
   * together with the position last kept. Absent for a container that starts now.
   */
  readonly resume?: ResumeHints;
}

/** What a log needs of the world. */
export interface LogDeps {
  readonly clock: Clock;
  readonly onProblem: (problem: LogProblem) => void;
  /** Told of the bytes of each line that is in the file. */
  readonly onWritten?: (sizeBytes: number) => void;
  /**
   * Keeps the position durably; awaited before the log moves to another file, because an empty
   * file tells nothing after a crash.
   */
  readonly keepPosition?: (position: LogPosition) => Promise<void>;
  readonly files?: LogFiles;
}

/** What a log has done since it was opened. */
export interface LogCounters {
  /** Lines of the file and their bytes. */
  readonly lines: number;
  readonly bytes: number;
  /** Lines given up because the disk would not take them. */
  readonly lostLines: number;
  readonly rotations: number;
}
