/**
 * The container log: what the kubelet reads behind `kubectl logs`. Independent of the engine; an
 * engine opens a log per container, writes entries as they come, and after a restart replays from
 * the position the log itself tells.
 */

export { countLines, entryFromChunk, type LogEntry, maxLineContentBytes } from "./entry.ts";
export type { StreamName } from "./entry.ts";
export type { LogFormat } from "./line.ts";
export { parseTimestamp, parseTimestampText, TimestampFormatter } from "./timestamp.ts";
export {
  type LogGap,
  type LogPosition,
  ReplayFilter,
  replaySinceNs,
  type StreamPosition,
} from "./position.ts";
export { ContainerLog, openContainerLog } from "./container_log.ts";
export type { LogCounters, LogDeps, LogOptions, LogProblem } from "./log_options.ts";
export type { ResumeHints } from "./resume.ts";
export type { LogFile, LogFiles } from "./log_file.ts";
