/**
 * Limits of a container in the guest's cgroup v2. Zero and absent mean "leave alone". CPU sets name
 * CPUs of the node and are none of the guest's (docs/decisions/0107-limits-inside-a-vm.md).
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { LinuxResources } from "../../domain.ts";
import type { OciResources } from "./spec.ts";

const unlimited = -1n;
const maxInt64 = 2n ** 63n - 1n;

// Bounds of the kernel's CFS bandwidth control and of CPU weights.
const shortestPeriodUs = 1_000n;
const longestPeriodUs = 1_000_000n;
const smallestQuotaUs = 1_000n;
const mostShares = 262_144n;

/** What the guest's control groups have. */
export interface CgroupFacts {
  /** Sizes of huge pages that its hugetlb controller counts, as "2MB"; empty without one. */
  readonly hugePageSizes: readonly string[];
}

/**
 * @throws FraktiError InvalidArgument for a value out of its range, and for huge pages that the
 *   guest does not have.
 */
export function resourcesOf(resources: LinuxResources, facts: CgroupFacts): OciResources {
  const hugepageLimits = hugePages(resources, facts);
  const unified = Object.entries(resources.unified);
  for (const [file, value] of unified) checkUnified(file, value);
  return {
    ...memoryOf(resources),
    ...cpuOf(resources),
    ...(hugepageLimits.length === 0 ? {} : { hugepageLimits }),
    ...(unified.length === 0 ? {} : { unified: resources.unified }),
  };
}

/** A swap limit counts memory and swap together; without one a container gets no swap. */
function memoryOf(resources: LinuxResources): Pick<OciResources, "memory"> {
  const { memoryLimitBytes: limit, memorySwapLimitBytes: swap } = resources;
  checkRange(limit, unlimited, maxInt64, "memory_limit_in_bytes");
  checkRange(swap, unlimited, maxInt64, "memory_swap_limit_in_bytes");
  if (limit === 0n) return {};
  const total = limit === unlimited || swap === 0n ? limit : swap;
  if (total !== unlimited && total < limit) {
    throw invalidArgument(
      `memory_swap_limit_in_bytes "${swap}" is less than memory_limit_in_bytes "${limit}"`,
    );
  }
  return { memory: { limit, swap: total } };
}

function cpuOf(resources: LinuxResources): Pick<OciResources, "cpu"> {
  const { cpuShares: shares, cpuQuota: quota, cpuPeriod: period } = resources;
  checkRange(shares, 0n, maxInt64, "cpu_shares");
  if (period !== 0n) checkRange(period, shortestPeriodUs, longestPeriodUs, "cpu_period");
  if (quota !== 0n && quota !== unlimited) {
    checkRange(quota, smallestQuotaUs, maxInt64, "cpu_quota");
  }
  const cpu = {
    ...(shares === 0n ? {} : { shares: shares < mostShares ? shares : mostShares }),
    ...(quota === 0n ? {} : { quota }),
    ...(period === 0n ? {} : { period }),
  };
  return Object.keys(cpu).length === 0 ? {} : { cpu };
}

/** A kubelet names every size that the node has, with a limit of 0 for those a pod does not use. */
function hugePages(
  { hugepageLimits }: LinuxResources,
  { hugePageSizes }: CgroupFacts,
): readonly { readonly pageSize: string; readonly limit: bigint }[] {
  return hugepageLimits.flatMap(({ pageSize, limitBytes }) => {
    checkRange(limitBytes, 0n, maxInt64, `hugepage_limits "${pageSize}"`);
    if (hugePageSizes.includes(pageSize)) return [{ pageSize, limit: limitBytes }];
    if (limitBytes === 0n) return [];
    throw invalidArgument(`Huge pages of "${pageSize}" cannot be had in a VM`);
  });
}

// A file of the container's own control group: no path, and nothing of cgroup's own bookkeeping,
// by which a process could be moved.
const unifiedFile = /^(?!cgroup\.)[a-z][a-z0-9]*(?:\.[A-Za-z0-9_-]+)+$/;
const maxUnifiedValue = 4096;

function checkUnified(file: string, value: string): void {
  if (!unifiedFile.test(file)) throw invalidArgument(`unified "${file}" is no limit of cgroup v2`);
  if (value.length > maxUnifiedValue || value.includes("\0")) {
    throw invalidArgument(`unified "${file}" has a value that cannot be written`);
  }
}

function checkRange(value: bigint, from: bigint, to: bigint, field: string): void {
  if (value < from || value > to) {
    throw invalidArgument(`${field} "${value}" is not from ${from} to ${to}`);
  }
}

const lowestScore = -1000n;
const highestScore = 1000n;

/** The OOM score of a container's processes, among those of the VM. */
export function oomScoreOf(resources: Pick<LinuxResources, "oomScoreAdj">): number {
  checkRange(resources.oomScoreAdj, lowestScore, highestScore, "oom_score_adj");
  return Number(resources.oomScoreAdj);
}
