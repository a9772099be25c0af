/**
 * Control groups of VMs on the host. Groups of containers are inside the guest and none of this
 * room's business.
 */

export { type CgroupFiles, systemCgroupFiles } from "./files.ts";
export type { Placement } from "./placement.ts";
export { CgroupTree } from "./tree.ts";
export { type PodCgroup, VmCgroups } from "./vm_cgroups.ts";
