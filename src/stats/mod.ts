/**
 * Figures of control groups, interfaces and directory trees. Knows processes and paths, no pods.
 */

export {
  type CgroupDirs,
  CgroupFinder,
  endsIn,
  groupsOf,
  parentOf,
  type ReadText,
} from "./cgroup_dirs.ts";
export { type CgroupMount, parseCgroupMounts, placeCgroup } from "./cgroup_mounts.ts";
export { type CgroupUsage, readUsage } from "./cgroup_usage.ts";
export { CpuWindow } from "./cpu_window.ts";
export { DirectoryUsage, type TreeUsage, walkTree } from "./directory_usage.ts";
export { type InterfaceCounters, parseInterfaces, readInterfaces } from "./interfaces.ts";
export { readOomKills } from "./oom_kills.ts";
export { parsePressure, type Pressure, type PressureLine } from "./pressure.ts";
export { systemReadText } from "./read_text.ts";
