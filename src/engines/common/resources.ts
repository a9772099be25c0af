/**
 * Limits of a container that is changed in place.
 */

import type { LinuxResources } from "../domain.ts";

/**
 * What is in force after `change`: the echo of a container's status. The OOM score stays: no
 * runtime changes it.
 */
export function mergeResources(current: LinuxResources, change: LinuxResources): LinuxResources {
  const memoryChanges = change.memoryLimitBytes !== 0n;
  return {
    cpuPeriod: change.cpuPeriod || current.cpuPeriod,
    cpuQuota: change.cpuQuota || current.cpuQuota,
    cpuShares: change.cpuShares || current.cpuShares,
    memoryLimitBytes: change.memoryLimitBytes || current.memoryLimitBytes,
    // A swap limit belongs to the memory limit it came with.
    memorySwapLimitBytes: change.memorySwapLimitBytes ||
      (memoryChanges ? 0n : current.memorySwapLimitBytes),
    oomScoreAdj: current.oomScoreAdj,
    cpusetCpus: change.cpusetCpus || current.cpusetCpus,
    cpusetMems: change.cpusetMems || current.cpusetMems,
    hugepageLimits: current.hugepageLimits,
    unified: current.unified,
  };
}
