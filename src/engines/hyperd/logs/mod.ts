/** The output of containers, from the files that hyperd writes to the logs that a kubelet reads. */

export { ContainerLogs } from "./container_logs.ts";
export { JsonLineCutter, parseJsonLine } from "./json_lines.ts";
