/**
 * The host's view of a container's processes. Docker can start a process in a container but not
 * end it: the host can, once it is sure whose process it is.
 */

import { isMissing, readTextIfExists } from "../../../lib/files.ts";

/** One process as /proc shows it. */
export interface HostProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** The pid of its session's leader. */
  readonly sessionId: number;
}

export interface HostProcesses {
  /** Every process of the host. */
  list(): Promise<readonly HostProcess[]>;
  /** Its cgroups, as text; "" when it is gone. */
  cgroupsOf(pid: number): Promise<string>;
  /** Its working directory as the host names it; "" when it is gone or may not be asked. */
  directoryOf(pid: number): Promise<string>;
  /** SIGKILL; false when it is gone. */
  kill(pid: number): boolean;
}

const maxProcBytes = 64 * 1024;

/** The host's /proc. */
export const systemHostProcesses: HostProcesses = {
  async list() {
    const processes: HostProcess[] = [];
    for await (const entry of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(entry.name)) continue;
      const stat = await readProc(`/proc/${entry.name}/stat`);
      const process = parseStat(stat);
      if (process !== undefined) processes.push(process);
    }
    return processes;
  },

  cgroupsOf: (pid) => readProc(`/proc/${pid}/cgroup`),

  async directoryOf(pid) {
    try {
      return await Deno.readLink(`/proc/${pid}/cwd`);
    } catch (error) {
      // A process with more privileges than frakti's own may not be looked at: it is none of ours.
      if (isMissing(error) || error instanceof Deno.errors.PermissionDenied) return "";
      throw error;
    }
  },

  kill(pid) {
    try {
      Deno.kill(pid, "SIGKILL");
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  },
};

/** A process that ends while it is looked at reads as gone. */
async function readProc(path: string): Promise<string> {
  try {
    return await readTextIfExists(path, maxProcBytes) ?? "";
  } catch (error) {
    if (error instanceof Error && /ESRCH|No such process/.test(error.message)) return "";
    throw error;
  }
}

/**
 * Reads /proc/PID/stat: pid (name) state ppid pgrp session …; the name is chosen by the process
 * and may hold anything, so the fields are counted from its last parenthesis.
 */
export function parseStat(text: string): HostProcess | undefined {
  const end = text.lastIndexOf(")");
  const fields = text.slice(end + 1).trim().split(" ");
  const pid = Number.parseInt(text, 10);
  const parentPid = Number(fields[1]);
  const sessionId = Number(fields[3]);
  const isComplete = end !== -1 && [pid, parentPid, sessionId].every(Number.isSafeInteger);
  return isComplete ? { pid, parentPid, sessionId } : undefined;
}
