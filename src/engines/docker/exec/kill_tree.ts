/**
 * Ending an exec: its process, what descends from it and what shares its session, and nothing
 * else. A pid may have been given to another process meanwhile, so only processes inside the
 * container's own cgroup are touched.
 */

import type { HostProcess, HostProcesses } from "./host_processes.ts";

/** A tree that forks while it is killed is looked at again this many times. */
const maxRounds = 5;

/**
 * Kills the exec whose first process is `pid`.
 * @param containerId full id: the name of the container's cgroup holds it.
 * @returns how many processes were killed.
 */
export async function killExecTree(
  host: HostProcesses,
  pid: number,
  containerId: string,
): Promise<number> {
  let killed = 0;
  for (let round = 0; round < maxRounds; round++) {
    const inContainer: number[] = [];
    for (const member of execMembers(await host.list(), pid)) {
      if ((await host.cgroupsOf(member)).includes(containerId)) inContainer.push(member);
    }
    const ended = inContainer.filter((member) => host.kill(member)).length;
    killed += ended;
    if (ended === 0) break;
  }
  return killed;
}

/**
 * The first process of an exec on an engine that does not tell its pid (1.12): the child of the
 * shim that was started for it, whose working directory is named after the exec.
 * @returns 0 when there is none.
 */
export async function findExecProcess(host: HostProcesses, execId: string): Promise<number> {
  const processes = await host.list();
  const isShim = new Map<number, boolean>();
  for (const { pid, parentPid } of processes) {
    const known = isShim.get(parentPid) ??
      (await host.directoryOf(parentPid)).split("/").at(-1) === execId;
    isShim.set(parentPid, known);
    if (known) return pid;
  }
  return 0;
}

/**
 * The process, its descendants, and the members of its session, which an exec's first process
 * leads: a child that was orphaned is still in it.
 */
export function execMembers(processes: readonly HostProcess[], pid: number): readonly number[] {
  const children = Map.groupBy(processes, (process) => process.parentPid);
  const members = new Set<number>();
  const toVisit = processes.filter((process) => process.pid === pid || process.sessionId === pid);
  for (let next = toVisit.pop(); next !== undefined; next = toVisit.pop()) {
    if (members.has(next.pid)) continue;
    members.add(next.pid);
    toVisit.push(...children.get(next.pid) ?? []);
  }
  return [...members];
}
