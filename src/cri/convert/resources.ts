/**
 * Limits ⇄ domain.
 */

import type { LinuxResources } from "../../engines/domain.ts";
import { invalidArgument } from "../../lib/errors.ts";
import type { LinuxContainerResources } from "../wire.ts";
import { inRange, withoutNul } from "./checks.ts";
import { fromStringMap, toStringMap } from "./maps.ts";

/** Limits that change nothing. */
export const noResources: LinuxResources = {
  cpuPeriod: 0n,
  cpuQuota: 0n,
  cpuShares: 0n,
  memoryLimitBytes: 0n,
  oomScoreAdj: 0n,
  cpusetCpus: "",
  cpusetMems: "",
  hugepageLimits: [],
  unified: {},
  memorySwapLimitBytes: 0n,
};

const maxInt64 = 2n ** 63n - 1n;
const maxOomScore = 1000n; // What the kernel takes, in both directions.

/** A list of CPUs or memory nodes: "0-3,7". */
const cpuset = /^[0-9,-]*$/;

/** Limits, checked. */
export function toResources(resources: LinuxContainerResources, field: string): LinuxResources {
  return {
    cpuPeriod: inRange(resources.cpuPeriod, 0n, maxInt64, `${field}.cpu_period`),
    cpuQuota: inRange(resources.cpuQuota, -1n, maxInt64, `${field}.cpu_quota`),
    cpuShares: inRange(resources.cpuShares, 0n, maxInt64, `${field}.cpu_shares`),
    memoryLimitBytes: inRange(
      resources.memoryLimitInBytes,
      -1n,
      maxInt64,
      `${field}.memory_limit_in_bytes`,
    ),
    oomScoreAdj: inRange(
      resources.oomScoreAdj,
      -maxOomScore,
      maxOomScore,
      `${field}.oom_score_adj`,
    ),
    cpusetCpus: toCpuset(resources.cpusetCpus, `${field}.cpuset_cpus`),
    cpusetMems: toCpuset(resources.cpusetMems, `${field}.cpuset_mems`),
    hugepageLimits: resources.hugepageLimits.map(({ pageSize, limit }) => ({
      pageSize,
      limitBytes: limit,
    })),
    unified: toUnified(resources.unified, `${field}.unified`),
    memorySwapLimitBytes: inRange(
      resources.memorySwapLimitInBytes,
      -1n,
      maxInt64,
      `${field}.memory_swap_limit_in_bytes`,
    ),
  };
}

function toCpuset(text: string, field: string): string {
  if (!cpuset.test(text)) throw invalidArgument(`Field "${field}" is not a list: "${text}"`);
  return text;
}

/** Keys are file names in the container's cgroup: they must not lead out of it. */
function toUnified(unified: ReadonlyMap<string, string>, field: string) {
  for (const [key, value] of unified) {
    if (!/^[a-z0-9_]+(\.[a-z0-9_]+)+$/i.test(key)) {
      throw invalidArgument(`Field "${field}" has a key that is no cgroup file: "${key}"`);
    }
    withoutNul(value, `${field}["${key}"]`);
  }
  return toStringMap(unified);
}

/** Limits as answers show them. */
export function fromResources(resources: LinuxResources): LinuxContainerResources {
  return {
    cpuPeriod: resources.cpuPeriod,
    cpuQuota: resources.cpuQuota,
    cpuShares: resources.cpuShares,
    memoryLimitInBytes: resources.memoryLimitBytes,
    oomScoreAdj: resources.oomScoreAdj,
    cpusetCpus: resources.cpusetCpus,
    cpusetMems: resources.cpusetMems,
    hugepageLimits: resources.hugepageLimits.map(({ pageSize, limitBytes }) => ({
      pageSize,
      limit: limitBytes,
    })),
    unified: fromStringMap(resources.unified),
    memorySwapLimitInBytes: resources.memorySwapLimitBytes,
  };
}
