/**
 * How large a pod's VM is: from what the CRI says, else from the pod's control group, else from the
 * configuration. Unlike v0.1 a limit that is none never ends as a small number.
 */

import {
  type CgroupMount,
  parseCgroupMounts,
  placeCgroup,
  type ReadText,
} from "../../stats/mod.ts";
import type { LinuxResources, SandboxConfig } from "../domain.ts";

export interface PodSize {
  readonly vcpus: number;
  readonly memoryMiB: number;
}

const mebibyte = 1024n * 1024n;
/** More a pod cannot want; what a kernel writes for "no limit" is far above it. */
const noLimitBytes = 1n << 50n;
/** The CRI's default when it names a quota without a period. */
const defaultPeriodUs = 100_000n;

interface Limits {
  readonly memoryBytes: bigint;
  readonly vcpus: number;
}

/** `read` reads files of the node; one that is missing is no limit. */
export async function podSize(
  config: SandboxConfig,
  defaults: PodSize,
  read: ReadText,
): Promise<PodSize> {
  const asked = limitsOf(config.resources, config.overhead);
  const group = asked.memoryBytes > 0n && asked.vcpus > 0
    ? asked
    : await cgroupLimits(config.cgroupParent, read);
  const memoryBytes = asked.memoryBytes || group.memoryBytes;
  return {
    vcpus: asked.vcpus || group.vcpus || defaults.vcpus,
    memoryMiB: Math.max(
      Number((memoryBytes + mebibyte - 1n) / mebibyte) || defaults.memoryMiB,
      defaults.memoryMiB,
    ),
  };
}

function limitsOf(
  resources: LinuxResources | undefined,
  overhead: LinuxResources | undefined,
): Limits {
  const memory = resources?.memoryLimitBytes ?? 0n;
  return {
    memoryBytes: memory > 0n ? memory + (overhead?.memoryLimitBytes ?? 0n) : 0n,
    vcpus: cpusOf(resources?.cpuQuota ?? 0n, resources?.cpuPeriod ?? 0n),
  };
}

function cpusOf(quotaUs: bigint, periodUs: bigint): number {
  if (quotaUs <= 0n) return 0;
  const period = periodUs > 0n ? periodUs : defaultPeriodUs;
  return Number((quotaUs + period - 1n) / period);
}

const noLimits: Limits = { memoryBytes: 0n, vcpus: 0 };

/** Of the group that a kubelet made for the pod, v1 or v2. */
async function cgroupLimits(parent: string, read: ReadText): Promise<Limits> {
  const path = groupPath(parent);
  if (path === undefined) return noLimits;
  const mounts = parseCgroupMounts(await read("/proc/self/mountinfo") ?? "");
  const unified = placeCgroup(path, mounts.filter(({ type }) => type === "cgroup2"));
  const dirOf = (controller: string) => placeCgroup(path, withController(mounts, controller));
  const [memoryV1, cpuV1] = [dirOf("memory"), dirOf("cpu")];
  const [quota, period] = cpuV1 === undefined ? words(await readIn(unified, "cpu.max", read)) : [
    await readIn(cpuV1, "cpu.cfs_quota_us", read),
    await readIn(cpuV1, "cpu.cfs_period_us", read),
  ];
  const memory = memoryV1 === undefined
    ? await readIn(unified, "memory.max", read)
    : await readIn(memoryV1, "memory.limit_in_bytes", read);
  const memoryBytes = numberIn(memory);
  return {
    memoryBytes: memoryBytes < noLimitBytes ? memoryBytes : 0n,
    vcpus: cpusOf(numberIn(quota), numberIn(period)),
  };
}

/** "kubepods-pod1.slice" lies in the slices that its name tells; a path is one. */
function groupPath(parent: string): string | undefined {
  const parts = parent.split("/").filter((part) => part !== "");
  const [only = ""] = parts;
  if (parts.length === 0 || parts.includes("..")) return undefined;
  if (parts.length > 1 || !only.endsWith(".slice")) return `/${parts.join("/")}`;
  const names = only.slice(0, -".slice".length).split("-");
  return names.map((_, index) => `/${names.slice(0, index + 1).join("-")}.slice`).join("");
}

function withController(mounts: readonly CgroupMount[], controller: string) {
  return mounts.filter(({ type, controllers }) =>
    type === "cgroup" && controllers.includes(controller)
  );
}

function readIn(
  dir: string | undefined,
  file: string,
  read: ReadText,
): Promise<string | undefined> {
  return dir === undefined ? Promise.resolve(undefined) : read(`${dir}/${file}`);
}

function words(text: string | undefined): [string | undefined, string | undefined] {
  const [first, second] = (text ?? "").trim().split(/\s+/);
  return [first, second];
}

/** "max", "-1" and nonsense are no limit. */
function numberIn(text: string | undefined): bigint {
  const digits = (text ?? "").trim();
  return /^\d{1,20}$/.test(digits) ? BigInt(digits) : 0n;
}
