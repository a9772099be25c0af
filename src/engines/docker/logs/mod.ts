/** How the output of Docker containers reaches their logs. */

export {
  ContainerLogFollower,
  type FollowerCounters,
  type FollowerOptions,
  type LogRequest,
} from "./follower.ts";
export { logFileMark, type MarkSource } from "./log_mark.ts";
export type { MessageSource } from "./timestamped.ts";
