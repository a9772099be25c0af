/**
 * A program and all that it started, known by a variable that is handed down. A process group would
 * do the same, but cannot be asked for without forking this process: with a full node's memory that
 * holds everything else up for five to ten milliseconds, ten times as long as vfork
 * (docs/decisions/0076-no-process-groups.md).
 */

import { randomUUID } from "node:crypto";

/** The variable that a program and everything it starts carry. */
export const familyVariable = "FRAKTI_RUN";

/** A family that is still being born while it is killed is looked at again this many times. */
const maxRounds = 5;

/** A value for the variable that no other program has. */
export function familyName(): string {
  return randomUUID();
}

/**
 * Ends every process of the family at once, orphans included. One that has thrown its environment
 * away is not found.
 */
export function killFamily(name: string): void {
  for (let round = 0; round < maxRounds; round++) {
    const members = membersOf(name).filter(kill);
    if (members.length === 0) return;
  }
}

function membersOf(name: string): number[] {
  const mark = `${familyVariable}=${name}`;
  const pids: number[] = [];
  for (const entry of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(entry.name)) continue;
    if (environmentOf(entry.name).split("\0").includes(mark)) pids.push(Number(entry.name));
  }
  return pids;
}

/** As text; "" when the process has ended, which a killed one has at once, or is not ours to see. */
function environmentOf(pid: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/environ`);
  } catch {
    return "";
  }
}

/** False when it went by itself, or may not be killed: nobody could do anything about that here. */
function kill(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
