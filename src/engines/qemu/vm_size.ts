/**
 * How large a pod's VM is: what the sandbox says it needs, else what configuration says, and what
 * kernel and agent take on top.
 */

import type { LinuxResources, SandboxConfig } from "../domain.ts";
import type { QemuContext } from "./context.ts";

const mebibyte = 1024n * 1024n;
const maxVcpus = 255;

export interface VmSize {
  readonly vcpus: number;
  readonly memoryMiB: number;
}

export function vmSize(context: QemuContext, config: SandboxConfig): Promise<VmSize> {
  const { defaultVcpus, defaultMemoryMiB } = context.settings;
  const guest = context.guest();
  const memoryMiB = Number(memoryOf(config) / mebibyte) || defaultMemoryMiB;
  return Promise.resolve({
    vcpus: Math.min(maxVcpus, cpusOf(config.resources) || defaultVcpus),
    memoryMiB: Math.max(guest.minimumMiB, memoryMiB + guest.overheadMiB),
  });
}

function memoryOf({ resources, overhead }: SandboxConfig): bigint {
  const own = resources?.memoryLimitBytes ?? 0n;
  return own <= 0n ? 0n : own + (overhead?.memoryLimitBytes ?? 0n);
}

function cpusOf(resources: LinuxResources | undefined): number {
  const { cpuQuota = 0n, cpuPeriod = 0n } = resources ?? {};
  if (cpuQuota <= 0n || cpuPeriod <= 0n) return 0;
  return Number((cpuQuota + cpuPeriod - 1n) / cpuPeriod);
}
