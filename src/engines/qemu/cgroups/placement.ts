/**
 * Whether a VM can live within the limits of its pod's control group. Pure. docs/decisions/0113.
 */

import type { LinuxResources } from "../../domain.ts";
import { type CgroupLimits, cpusOf } from "../vm/size.ts";

type CriLimits = Pick<LinuxResources, "cpuPeriod" | "cpuQuota" | "memoryLimitBytes">;

/** What the decision rests on. */
export interface PlacementInput {
  /** undefined = the pod has no control group. */
  readonly podLimits?: CgroupLimits;
  /** All that the VM may come to take: the guest's memory and QEMU's own. */
  readonly vmMemoryBytes: bigint;
  readonly resources?: CriLimits;
  /** RuntimeClass overhead. */
  readonly overhead?: CriLimits;
}

/** Under the pod's group, or beside it, and then why. */
export type Placement =
  | { readonly place: "pod" }
  | { readonly place: "beside"; readonly reason: string };

/**
 * A limit that was made for containers alone would let the kernel kill the VM at the limit of
 * memory, or stall the guest at that of processors. Only one that holds the whole is obeyed.
 */
export function choosePlacement(input: PlacementInput): Placement {
  const { podLimits, vmMemoryBytes } = input;
  if (podLimits === undefined) return beside("The pod has no cgroup");
  const { memoryBytes, cpus } = podLimits;
  if (memoryBytes !== undefined && memoryBytes < vmMemoryBytes) {
    return beside(`The pod's ${memoryBytes} bytes do not hold the VM's ${vmMemoryBytes}`);
  }
  if (cpus !== undefined && !includesOverhead(cpus, input)) {
    return beside(`The pod's ${cpus} CPUs leave none for the VM itself`);
  }
  return { place: "pod" };
}

function includesOverhead(cpus: number, { resources, overhead }: PlacementInput): boolean {
  if (cpusOf(overhead) !== undefined) return true;
  const asked = cpusOf(resources);
  return asked !== undefined && asked < cpus;
}

function beside(reason: string): Placement {
  return { place: "beside", reason };
}
