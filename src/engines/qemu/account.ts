/**
 * A VM on the host's account: how large it is made, the control group that it boots in, and where it
 * lives once its guest is up. docs/decisions/0113-size-and-account-of-a-vm.md has the reasons.
 */

import { describe } from "../../lib/errors.ts";
import type { SandboxConfig } from "../domain.ts";
import type { SandboxId } from "../ids.ts";
import type { PodCgroup } from "./cgroups/mod.ts";
import type { QemuContext } from "./context.ts";
import type { SandboxRecord } from "./records.ts";
import { hostMemoryBytes, type VirtualMachine, type VmSize, vmSize } from "./vm/mod.ts";

/** A sandbox as far as its control groups go. */
export function podCgroup(record: Pick<SandboxRecord, "id" | "config">): PodCgroup {
  return { podId: record.id, cgroupParent: record.config.cgroupParent };
}

/**
 * The size of a pod's VM, from the CRI, the pod's control group or the configuration.
 * @throws FraktiError InvalidArgument when the cgroup parent is malformed.
 */
export async function sizeOf(
  context: QemuContext,
  id: SandboxId,
  config: SandboxConfig,
): Promise<VmSize> {
  const { settings, cgroups, host } = context;
  const { resources, overhead } = config;
  const podLimits = await cgroups.podLimits(podCgroup({ id, config }));
  return vmSize({
    ...(resources === undefined ? {} : { resources }),
    ...(overhead === undefined ? {} : { overhead }),
    ...(podLimits === undefined ? {} : { podLimits }),
    defaults: { vcpus: settings.defaultVcpus, memoryMiB: settings.defaultMemoryMiB },
    guest: context.guest(),
    host,
  });
}

/** Puts a VM whose guest is up where it belongs: under its pod's limits if they hold it. */
export async function settleVm(
  context: QemuContext,
  { id, config }: Pick<SandboxRecord, "id" | "config">,
  vm: VirtualMachine,
  size: VmSize,
): Promise<void> {
  const { resources, overhead } = config;
  await context.cgroups.settle(podCgroup({ id, config }), vm.identity.pid, {
    vmMemoryBytes: hostMemoryBytes(size, context.acceleration().accel),
    ...(resources === undefined ? {} : { resources }),
    ...(overhead === undefined ? {} : { overhead }),
  });
}

/** Why a VM ended, with the kernel's part in it if it was killed for want of memory. */
export async function endingOf(
  context: QemuContext,
  record: Pick<SandboxRecord, "id" | "config">,
  message: string,
): Promise<string> {
  try {
    const kills = await context.cgroups.oomKills(podCgroup(record));
    return kills === 0 ? message : `${message}; the host killed it for want of memory (OOMKilled)`;
  } catch (error) {
    // A count that cannot be read must not keep the pod's end from being noted.
    context.log.warn("Kills of a VM cannot be counted", {
      sandbox: record.id,
      error: describe(error),
    });
    return message;
  }
}
