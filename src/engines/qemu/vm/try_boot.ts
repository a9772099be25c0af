/**
 * Boots the guest once, for nothing but to see whether it comes up under an acceleration. A VM as
 * a pod's, in the same cage, without network.
 */

import { statIfExists } from "../../../lib/files.ts";
import type { Acceleration } from "./command_line.ts";
import type { GuestFiles } from "./guest_files.ts";
import type { VmLauncher } from "./launcher.ts";

/** With KVM the guest is up in under a second; a host that is short of everything gets twenty. */
const bootLimitMs = 20_000;

/** Room enough for every guest. */
const memoryMiB = 256;

/**
 * Leaves nothing behind, also when `signal` ends it.
 * @throws FraktiError with the reason when the guest does not come up in time, or was not let.
 */
export async function tryBoot(
  launcher: VmLauncher,
  guest: GuestFiles,
  acceleration: Acceleration,
  limitMs = bootLimitMs,
  signal?: AbortSignal,
): Promise<void> {
  const podId = `probe-${acceleration.accel}-${acceleration.cpu}`;
  await launcher.endProcesses(podId); // Of a frakti that was killed in the middle of a probe.
  try {
    const spec = { podId, acceleration, vcpus: 1, memoryMiB, guest, cgroups: [], oomScoreAdj: 500 };
    const vm = await launcher.start(spec, () => {});
    const onAbort = () => void vm.kill().catch(() => {}); // Tried again below.
    try {
      if (signal?.aborted) return signal.throwIfAborted();
      signal?.addEventListener("abort", onAbort, { once: true });
      await vm.waitForGuest(limitMs);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      await vm.quit();
    }
  } finally {
    await launcher.removeDirectory(podId);
  }
}

/** For {@linkcode AccelDeps}: what the answer of a boot depends on. */
export async function bootFingerprint(
  bootId: string,
  qemuBinary: string,
  guest: GuestFiles,
): Promise<string> {
  const qemu = qemuBinary.includes("/") ? qemuBinary : `/usr/bin/${qemuBinary}`;
  const parts = [bootId];
  for (const path of [qemu, guest.kernel, guest.initrd]) {
    const info = await statIfExists(path);
    parts.push(`${path} ${info?.size ?? 0} ${info?.mtime?.getTime() ?? 0}`);
  }
  return parts.join("\n");
}
