/** How many pods this engine has, also one that is not configured. */

import type { Logger } from "../../lib/log.ts";
import { countLeftPods, mayHold } from "../common/left_pods.ts";
import { sandboxRecords } from "./records.ts";

/** Pods below the engine's directory that may run or hold something of the node. */
export function countPods(directory: string, log: Logger): Promise<number> {
  return countLeftPods(directory, sandboxRecords, mayHold, log);
}
