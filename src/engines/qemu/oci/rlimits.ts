/**
 * Resource limits of a container's processes; the CRI has no field for them. Without any they would
 * be those of PID 1, which the kernel derives from the little memory that a VM has.
 */

import { noLimit } from "./json.ts";
import type { OciRlimit } from "./spec.ts";

/** What Docker gives on the usual node; fs.nr_open allows no more. */
const openFiles = 1_048_576n;

export const rlimits: readonly OciRlimit[] = [
  { type: "RLIMIT_NOFILE", soft: openFiles, hard: openFiles },
  // The pod's limit of processes is a matter of its control group.
  { type: "RLIMIT_NPROC", soft: noLimit, hard: noLimit },
  // A core goes to the working directory of the container, which nobody asked for.
  { type: "RLIMIT_CORE", soft: 0n, hard: noLimit },
];
