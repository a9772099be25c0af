/** How many pods this engine has, also one that is not configured. */

import type { Logger } from "../../lib/log.ts";
import { countLeftPods, mayHold } from "../common/left_pods.ts";
import { type SandboxRecord, sandboxRecords } from "./records.ts";

/** Pods below the engine's directory that may run or hold something of the node. */
export function countPods(directory: string, log: Logger): Promise<number> {
  return countLeftPods(directory, sandboxRecords, holds, log);
}

/** A stop that was interrupted leaves the VM's process in the record. */
function holds(record: SandboxRecord): boolean {
  return record.vm !== undefined || mayHold(record);
}
