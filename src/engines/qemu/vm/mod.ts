/**
 * VMs as processes of the host: started in a cage, controlled over QMP, found again, ended. Knows
 * nothing of containers and of what the guest is told.
 */

export type { Bind } from "./binds.ts";
export type { Acceleration } from "./command_line.ts";
export { type Disk, maxTarget, ScsiDisks } from "./disks.ts";
export type { VmEnd } from "./end.ts";
export { type GuestFiles, readGuestFiles } from "./guest_files.ts";
export {
  type AdoptOptions,
  type LauncherDeps,
  type LauncherSettings,
  VmLauncher,
  type VmSpec,
} from "./launcher.ts";
export { type HostSize, systemHostSize } from "./host_size.ts";
export { insideVm, type PodLayout } from "./layout.ts";
export { type ProcessIdentity, type ProcFiles, systemProc } from "./process_identity.ts";
export { VirtualMachine, type VmDeps } from "./vm.ts";
export { type CgroupLimits, hostMemoryBytes, type SizeInput, type VmSize, vmSize } from "./size.ts";
export {
  type AccelChoice,
  accelerationMemory,
  type AccelSetting,
  chooseAcceleration,
  rememberAcceleration,
} from "./acceleration.ts";
export { bootFingerprint, tryBoot } from "./try_boot.ts";
