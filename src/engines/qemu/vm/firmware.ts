/**
 * The firmware of a VM. QEMU's default, SeaBIOS, looks for what a PC might boot from, which takes
 * an emulated processor longer than the rest of what happens before the kernel; qboot, which comes
 * with QEMU too, does no more than a kernel that QEMU has loaded needs (docs/decisions/0110).
 */

import { type LookAt, lookAtHost } from "./cage_files.ts";
import type { Acceleration } from "./command_line.ts";

/** Debian and its kin, Fedora and its kin. All below /usr, which the cage shows. */
const qbootPaths = ["/usr/share/qemu/qboot.rom", "/usr/share/qboot/qboot.rom"];

/** The file for `-bios`; undefined leaves QEMU its default, as does a host without qboot. */
export async function findFirmware(
  { accel }: Acceleration,
  lookAt: LookAt = lookAtHost,
): Promise<string | undefined> {
  if (accel === "kvm") return undefined; // Not measured there, and SeaBIOS takes it no time.
  for (const path of qbootPaths) {
    const found = await lookAt(path);
    if (found !== undefined && !found.isDirectory) return path;
  }
  return undefined;
}
