/**
 * From the readings of control groups to the figures of the domain. Pure.
 */

import type { CgroupUsage } from "../../stats/mod.ts";
import type { ContainerStats, SandboxStats } from "../domain.ts";

export function cpuOf(
  timestampNs: bigint,
  { cpu }: CgroupUsage,
  usageNanoCores: bigint | undefined,
): Pick<SandboxStats, "cpu"> {
  if (cpu === undefined) return {};
  const nanoCores = usageNanoCores === undefined ? {} : { usageNanoCores };
  return { cpu: { timestampNs, ...cpu, ...nanoCores } };
}

export function memoryOf(
  timestampNs: bigint,
  { memory }: CgroupUsage,
): Pick<SandboxStats, "memory"> {
  return memory === undefined ? {} : { memory: { timestampNs, ...memory } };
}

export function swapOf(timestampNs: bigint, { swap }: CgroupUsage): Pick<ContainerStats, "swap"> {
  return swap === undefined ? {} : { swap: { timestampNs, ...swap } };
}

export function ioOf(timestampNs: bigint, { io }: CgroupUsage): Pick<SandboxStats, "io"> {
  return io === undefined ? {} : { io: { timestampNs, ...io } };
}

/**
 * A pod without a control group of its own uses what its parts use together. Pressure and what is
 * still available have no sum.
 */
export function sumUsage(parts: readonly CgroupUsage[]): CgroupUsage {
  const cpu = total(parts, (part) => part.cpu?.usageNs);
  const usageBytes = total(parts, (part) => part.memory?.usageBytes);
  const workingSetBytes = total(parts, (part) => part.memory?.workingSetBytes);
  const rssBytes = total(parts, (part) => part.memory?.rssBytes);
  const pageFaults = total(parts, (part) => part.memory?.pageFaults);
  const majorPageFaults = total(parts, (part) => part.memory?.majorPageFaults);
  const processCount = total(parts, (part) => part.processCount);
  return {
    ...(cpu === undefined ? {} : { cpu: { usageNs: cpu } }),
    ...(usageBytes === undefined || workingSetBytes === undefined ? {} : {
      memory: {
        usageBytes,
        workingSetBytes,
        ...(rssBytes === undefined ? {} : { rssBytes }),
        ...(pageFaults === undefined ? {} : { pageFaults }),
        ...(majorPageFaults === undefined ? {} : { majorPageFaults }),
      },
    }),
    ...(processCount === undefined ? {} : { processCount }),
  };
}

function total(
  parts: readonly CgroupUsage[],
  pick: (part: CgroupUsage) => bigint | undefined,
): bigint | undefined {
  const values = parts.map(pick).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0n);
}
