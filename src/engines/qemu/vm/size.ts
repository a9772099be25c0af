/**
 * How large a pod's VM is: from what the CRI says, else from the pod's control group, else from the
 * configuration. Pure. docs/decisions/0113 has the reasons.
 */

import type { LinuxResources } from "../../domain.ts";
import type { Acceleration } from "./command_line.ts";
import type { GuestFiles } from "./guest_files.ts";
import type { HostSize } from "./host_size.ts";

/** Limits of the control group that a kubelet made for the pod; absent = none. */
export interface CgroupLimits {
  readonly memoryBytes?: bigint;
  /** Processors, e.g. 0.5. */
  readonly cpus?: number;
}

type CriLimits = Pick<LinuxResources, "cpuPeriod" | "cpuQuota" | "memoryLimitBytes">;

/** What is known of a pod. */
export interface SizeInput {
  /** The sum over the containers, from kubelets that send it. */
  readonly resources?: CriLimits;
  /** RuntimeClass overhead. */
  readonly overhead?: CriLimits;
  /** undefined = the pod has no control group. */
  readonly podLimits?: CgroupLimits;
  readonly defaults: { readonly vcpus: number; readonly memoryMiB: number };
  readonly guest: Pick<GuestFiles, "overheadMiB" | "minimumMiB">;
  readonly host: HostSize;
}

/** The size of a VM. */
export interface VmSize {
  readonly vcpus: number;
  /** Of the VM: what is meant for containers, and what the guest itself needs. */
  readonly memoryMiB: number;
  /** What is meant for containers. */
  readonly podMemoryBytes: bigint;
}

const mib = 1024n * 1024n;

/** The CRI's default when it names a quota without a period. */
const defaultPeriodUs = 100_000n;

/** More processors than that need an interrupt controller that QEMU's machine does not have. */
const maxVcpus = 255;

/** A page of 4 KiB costs the guest's kernel 64 bytes of its own. */
const pageStructShare = 64n;

/**
 * What QEMU takes beside the guest's memory, in MiB: measured, with room to spare
 * (docs/decisions/0113). Emulation keeps translated code.
 */
const qemuOwnMiB = { kvm: 64n, tcg: 160n };

/** The size of a pod's VM. */
export function vmSize(input: SizeInput): VmSize {
  const podMemoryBytes = podMemory(input);
  const podMiB = (podMemoryBytes + mib - 1n) / mib;
  const ownMiB = BigInt(input.guest.overheadMiB) + podMiB / pageStructShare;
  const memoryMiB = Math.max(Number(podMiB + ownMiB), input.guest.minimumMiB);
  return { vcpus: vcpusOf(input), memoryMiB: memoryMiB + memoryMiB % 2, podMemoryBytes };
}

/** All that the VM may come to take on the host. */
export function hostMemoryBytes({ memoryMiB }: VmSize, accel: Acceleration["accel"]): bigint {
  return (BigInt(memoryMiB) + qemuOwnMiB[accel]) * mib;
}

/** Processors that limits allow together; undefined = no limit. */
export function cpusOf(limits: CriLimits | undefined): number | undefined {
  if (limits === undefined || limits.cpuQuota <= 0n) return undefined;
  const periodUs = limits.cpuPeriod > 0n ? limits.cpuPeriod : defaultPeriodUs;
  return Number(limits.cpuQuota) / Number(periodUs);
}

function vcpusOf({ resources, overhead, podLimits, defaults, host }: SizeInput): number {
  const asked = cpusOf(resources);
  const cpus = asked === undefined ? podLimits?.cpus : asked + (cpusOf(overhead) ?? 0);
  const wanted = cpus === undefined ? defaults.vcpus : Math.ceil(cpus - rounding);
  return Math.max(1, Math.min(wanted, host.cpus, maxVcpus));
}

/** 0.1 + 0.2 processors and the like must not become one more. */
const rounding = 1e-6;

function podMemory({ resources, overhead, podLimits, defaults, host }: SizeInput): bigint {
  const defaultBytes = BigInt(defaults.memoryMiB) * mib;
  const asked = resources?.memoryLimitBytes ?? 0n;
  const limit = podLimits?.memoryBytes;
  let bytes = defaultBytes;
  if (asked > 0n) {
    // A kubelet limits the pod only when each container has a limit: here one has none.
    const isPartial = podLimits !== undefined && limit === undefined;
    bytes = isPartial ? asked + defaultBytes : asked;
  } else if (limit !== undefined) {
    const extra = overhead?.memoryLimitBytes ?? 0n;
    bytes = limit > extra ? limit - extra : limit;
  }
  const hostBytes = BigInt(host.memoryBytes);
  return bytes > hostBytes ? hostBytes : bytes;
}
