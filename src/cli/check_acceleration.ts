/**
 * The check whether VMs run on KVM. That /dev/kvm is there proves nothing: there are hosts on which
 * a guest hangs on it. What counts is a guest that came up, which frakti remembers from its start.
 */

import { describe } from "../lib/errors.ts";
import { type Check, type CheckResult, failure, ok, warning } from "./check.ts";
import type { Config } from "./config.ts";
import { type HostProbe, systemHost } from "./host_probe.ts";

/** What earlier boots have shown, as far as the check needs to know. */
export interface RememberedBoot {
  readonly acceleration: { readonly accel: "kvm" | "tcg"; readonly cpu: string };
  readonly reason: string;
}

/** Of this boot of the node, this QEMU and this guest; undefined when none was tried. */
export type RecallBoot = () => Promise<RememberedBoot | undefined>;

/** The check; none when pods do not run in our VMs. `recall` may reject. */
export function accelerationChecks(
  config: Pick<Config, "hypervisor" | "qemu">,
  recall: RecallBoot,
  host: Pick<HostProbe, "stat"> = systemHost,
): readonly Check[] {
  if (config.hypervisor.engine !== "qemu") return [];
  return [{ name: "acceleration", run: () => checkAcceleration(config.qemu.accel, recall, host) }];
}

async function checkAcceleration(
  accel: Config["qemu"]["accel"],
  recall: RecallBoot,
  host: Pick<HostProbe, "stat">,
): Promise<CheckResult> {
  if (accel === "tcg") return ok("software emulation, as qemu.accel says");
  if (await host.stat("/dev/kvm") === undefined) {
    if (accel === "kvm") {
      return failure(
        'qemu.accel is "kvm" and there is no /dev/kvm',
        "Load the module, or set auto",
      );
    }
    return warning(
      "there is no /dev/kvm: VMs run in software emulation, many times slower",
      "Turn virtualization on in the firmware, and load kvm_intel or kvm_amd",
    );
  }
  let known: RememberedBoot | undefined;
  try {
    known = await recall();
  } catch (error) {
    return warning(
      `/dev/kvm is there; whether guests boot with it cannot be told: ${describe(error)}`,
      "Mend that, or run as root, and ask again",
    );
  }
  if (known?.acceleration.accel === "tcg") return emulated(accel, known.reason);
  if (accel === "kvm") return ok("KVM, as qemu.accel says");
  if (known !== undefined) {
    return ok(`KVM: a guest has booted with it, processor "${known.acceleration.cpu}"`);
  }
  return warning(
    "/dev/kvm is there; whether guests boot with it is tried at the first start of frakti",
    "Start frakti and ask again; VMs run in software emulation until a guest has come up",
  );
}

function emulated(accel: "auto" | "kvm", reason: string): CheckResult {
  if (accel === "kvm") {
    return failure(
      `qemu.accel is "kvm" and no guest came up when it was tried: ${reason}`,
      "Set qemu.accel to auto or tcg",
    );
  }
  return warning(
    `VMs run in software emulation, many times slower: ${reason}`,
    "If the node is a VM itself, turn nested virtualization on for it; frakti tries again every ten " +
      "minutes. To be content with emulation, set qemu.accel to tcg",
  );
}
