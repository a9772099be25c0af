/** The Docker client's public face. */

export * from "./api_version.ts";
export * from "./bodies.ts";
export type { EngineStream, HijackedStream } from "./call.ts";
export * from "./client.ts";
export type {
  AttachOptions,
  DockerContainersApi,
  DockerFilters,
  LogsOptions,
} from "./containers.ts";
export { engineStatus, engineText, errorSays } from "./errors.ts";
export type { DockerEvent, DockerEvents, EventsOptions } from "./events.ts";
export type { DockerExecsApi } from "./execs.ts";
export type { DockerImage, DockerImagesApi, DockerImageSummary, PullOptions } from "./images.ts";
export { type FramePiece, FrameReader, joinPieces } from "./frames.ts";
export { jsonLines } from "./json_lines.ts";
export { conflictingContainerId, type MessageKind, saysThat } from "./messages.ts";
export type {
  DockerContainer,
  DockerContainerSummary,
  DockerExec,
  DockerState,
  DockerStatus,
} from "./responses.ts";
export type { DockerDiskUsage, DockerInfo, DockerRuntime, DockerVersion } from "./system.ts";
export { parseTimestampNs, sinceParameter } from "./timestamps.ts";
