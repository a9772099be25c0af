/** How often the kernel ran out of memory for a control group, in cgroup v2's own count. */

import type { CgroupDirs, ReadText } from "./cgroup_dirs.ts";
import { parseFields } from "./cgroup_usage.ts";

/**
 * How many processes of a group, and of those below it, were killed for want of memory since the group
 * was made (memory.events, "oom_kill"; counted before the signal is sent). undefined when it is gone,
 * and on v1, which counts nothing of the groups below.
 */
export async function readOomKills(dirs: CgroupDirs, read: ReadText): Promise<number | undefined> {
  if (dirs.version !== 2) return undefined;
  const count = parseFields(await read(`${dirs.dir}/memory.events`)).get("oom_kill");
  return count === undefined ? undefined : Number(count);
}
