/**
 * Processes of the host as /proc shows them. A process may end at any moment: what is gone reads as
 * absent.
 */

import { isMissing, readTextIfExists } from "./files.ts";

/** What is asked of /proc. */
export interface ProcFiles {
  /** A file below /proc; undefined when it, or its process, is gone. */
  read(name: string): Promise<string | undefined>;
  pids(): Promise<number[]>;
  /** False when the process is gone. */
  kill(pid: number): boolean;
}

/** The longest arguments, those of QEMU with a long kernel command line, are some KB. */
const maxProcBytes = 256 * 1024;

/** The host's /proc. */
export const systemProc: ProcFiles = {
  async read(name) {
    try {
      return await readTextIfExists(`/proc/${name}`, maxProcBytes);
    } catch (error) {
      // ESRCH: the process ended between opening and reading.
      if (error instanceof Error && /os error 3\b|ESRCH/.test(error.message)) return undefined;
      throw error;
    }
  },
  async pids() {
    const pids: number[] = [];
    for await (const { name } of Deno.readDir("/proc")) {
      if (/^\d+$/.test(name)) pids.push(Number(name));
    }
    return pids;
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
