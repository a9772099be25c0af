/**
 * Limits of a container, at create and in place. Zero and absent mean "leave alone" everywhere;
 * what was asked for is what the status shows.
 */

import { mergeResources } from "../../common/resources.ts";
import { invalidArgument } from "../../../lib/errors.ts";
import type { LinuxResources } from "../../domain.ts";
import type { ContainerUpdateBody, ResourcesBody } from "../client/bodies.ts";
import { type DaemonFacts, ignore } from "./facts.ts";

const unlimited = -1n;

/** Docker's resource fields for a new container, the OOM score included. */
export function resourceFields(
  resources: LinuxResources,
  facts: DaemonFacts,
): ResourcesBody & { readonly OomScoreAdj: number } {
  noteIgnored(resources, facts);
  return { ...limitFields(resources), OomScoreAdj: oomScoreAdj(resources.oomScoreAdj) };
}

/**
 * The body of an update: every limit as it shall be, changed or not. The engine passes a zero on
 * to the runtime for what a body leaves out, which older runtimes take for a value. Empty when
 * nothing changes.
 * @param change what the client asks for; zero and absent leave a field alone.
 * @param current what is in force.
 */
export function updateSpec(
  change: LinuxResources,
  current: LinuxResources,
  facts: DaemonFacts,
): ContainerUpdateBody {
  noteIgnored(change, facts);
  if (change.oomScoreAdj !== 0n && change.oomScoreAdj !== current.oomScoreAdj) {
    ignore(facts, "linux.oom_score_adj", "Docker sets it at create only");
  }
  const before = limitFields(current);
  const after = limitFields(mergeResources(current, change));
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  return isSame ? {} : after;
}

function limitFields(resources: LinuxResources): ResourcesBody {
  return { ...cpuFields(resources), ...memoryFields(resources) };
}

// Bounds of the kernel's CFS bandwidth control, which engines check in the same words.
const shortestPeriodUs = 1_000n;
const longestPeriodUs = 1_000_000n;
const smallestQuotaUs = 1_000n;
const mostShares = 262_144n;
const cpuList = /^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/;

function cpuFields(resources: LinuxResources): ResourcesBody {
  const { cpuPeriod, cpuQuota, cpuShares, cpusetCpus, cpusetMems } = resources;
  if (cpuShares < 0n) throw invalidArgument(`cpu_shares "${cpuShares}" is negative`);
  if (cpuPeriod !== 0n && (cpuPeriod < shortestPeriodUs || cpuPeriod > longestPeriodUs)) {
    throw invalidArgument(
      `cpu_period "${cpuPeriod}" is not from ${shortestPeriodUs} to ${longestPeriodUs}`,
    );
  }
  if (cpuQuota < unlimited || (cpuQuota > 0n && cpuQuota < smallestQuotaUs)) {
    throw invalidArgument(`cpu_quota "${cpuQuota}" is less than ${smallestQuotaUs}`);
  }
  for (const list of [cpusetCpus, cpusetMems]) {
    if (list !== "" && !cpuList.test(list)) throw invalidArgument(`CPU set "${list}" is malformed`);
  }
  return {
    // The kernel would take more for the most; engines refuse it.
    ...(cpuShares === 0n ? {} : { CpuShares: Number(min(cpuShares, mostShares)) }),
    ...(cpuPeriod === 0n ? {} : { CpuPeriod: Number(cpuPeriod) }),
    ...(cpuQuota === 0n ? {} : { CpuQuota: safeNumber(cpuQuota, "cpu_quota") }),
    ...(cpusetCpus === "" ? {} : { CpusetCpus: cpusetCpus }),
    ...(cpusetMems === "" ? {} : { CpusetMems: cpusetMems }),
  };
}

/**
 * Docker's swap figure counts memory and swap together, as the CRI's does. Without one a container
 * gets no swap: Docker's own default would give it as much again as its memory.
 */
function memoryFields(resources: LinuxResources): ResourcesBody {
  const { memoryLimitBytes: memory, memorySwapLimitBytes: swap } = resources;
  if (memory < unlimited) throw invalidArgument(`memory_limit_in_bytes "${memory}" is negative`);
  if (swap < unlimited) throw invalidArgument(`memory_swap_limit_in_bytes "${swap}" is negative`);
  // Docker takes a swap figure only beside a memory limit; without one there is nothing to exceed.
  if (memory === 0n) return {};
  if (memory === unlimited) return { Memory: -1, MemorySwap: -1 };
  const total = swap === 0n ? memory : swap;
  if (total !== unlimited && total < memory) {
    throw invalidArgument(
      `memory_swap_limit_in_bytes "${swap}" is less than memory_limit_in_bytes "${memory}"`,
    );
  }
  return {
    Memory: safeNumber(memory, "memory_limit_in_bytes"),
    MemorySwap: safeNumber(total, "memory_swap_limit_in_bytes"),
  };
}

const lowestScore = -1000n;
const highestScore = 1000n;

function oomScoreAdj(score: bigint): number {
  if (score < lowestScore || score > highestScore) {
    throw invalidArgument(`oom_score_adj "${score}" is not from ${lowestScore} to ${highestScore}`);
  }
  return Number(score);
}

/**
 * Fields of the CRI that Docker has no words for. They may be left out because the pod's own
 * cgroup, which the kubelet makes and Docker's containers live under, already carries them or
 * because they only refine a limit that is set.
 */
function noteIgnored(resources: LinuxResources, facts: DaemonFacts): void {
  if (resources.hugepageLimits.some(({ limitBytes }) => limitBytes > 0n)) {
    ignore(facts, "linux.hugepage_limits", "the pod's cgroup limits them");
  }
  const unified = Object.keys(resources.unified);
  if (unified.length > 0) {
    ignore(facts, "linux.unified", `Docker has no field for ${unified.join(", ")}`);
  }
  if (resources.memoryLimitBytes === 0n && resources.memorySwapLimitBytes !== 0n) {
    ignore(facts, "linux.memory_swap_limit_in_bytes", "Docker takes it beside a memory limit only");
  }
}

function safeNumber(value: bigint, field: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw invalidArgument(`${field} "${value}" is out of range`);
  }
  return Number(value);
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
