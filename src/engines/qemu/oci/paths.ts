/**
 * Paths of /proc and /sys that a container must not see or write.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { ContainerSecurity } from "../../domain.ts";

/** What kubelets ask for when a pod says nothing; for API packages that lack the fields. */
const defaultMasked: readonly string[] = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
];
const defaultReadonly: readonly string[] = [
  "/proc/bus",
  "/proc/fs",
  "/proc/irq",
  "/proc/sys",
  "/proc/sysrq-trigger",
];

/** The two lists; an empty one of the request is none at all, an absent one the default. */
export function protectedPaths(
  security: Pick<ContainerSecurity, "maskedPaths" | "readonlyPaths">,
): { readonly maskedPaths: readonly string[]; readonly readonlyPaths: readonly string[] } {
  return {
    maskedPaths: checked(security.maskedPaths ?? defaultMasked),
    readonlyPaths: checked(security.readonlyPaths ?? defaultReadonly),
  };
}

function checked(paths: readonly string[]): readonly string[] {
  for (const path of paths) {
    if (!path.startsWith("/") || path.split("/").includes("..") || path.includes("\0")) {
      throw invalidArgument(`Path "${path}" to mask or protect is not absolute`);
    }
  }
  return paths;
}
