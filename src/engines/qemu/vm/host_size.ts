/** What the node has. */

import { availableParallelism, totalmem } from "node:os";

/** Processors that frakti may use, and all of the memory. */
export interface HostSize {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** This node's. */
export function systemHostSize(): HostSize {
  return { cpus: availableParallelism(), memoryBytes: totalmem() };
}
