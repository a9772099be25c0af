/**
 * The field table of the qemu engine: what it does otherwise than the table in fields.ts, which is
 * Docker's where the two differ. Its mapping is src/engines/qemu/oci, whose tests show each line of
 * a container; those of a sandbox are shown by the engine's.
 */

import { fields } from "./fields.ts";
import { type FieldTable, honoured, honouredWhere, ignored, refused } from "./treatment.ts";

const noUserNamespaces = refused("the VM keeps a pod's users apart from the node's");
const noMappedMounts = refused("the share of a VM maps no ids");
const ownNetwork = "POD, and CONTAINER which is the same; NODE goes to another engine by rule";
const noHugePages = "0, or the guest's kernel counts pages of this size: else refused";

/** By message and field, as in fields.ts. */
export const differencesInQemu: FieldTable = {
  PodSandboxConfig: { hostname: honoured, port_mappings: honoured },
  LinuxPodSandboxConfig: {
    sysctls: honouredWhere("the guest's kernel has them: all of them are the pod's own"),
    overhead: honouredWhere("it comes with the sandbox: a VM keeps its size"),
    resources: honouredWhere("it comes with the sandbox: a VM keeps its size"),
  },
  LinuxSandboxSecurityContext: {
    selinux_options: ignored("the guest's kernel knows no labels; the VM is the boundary"),
    run_as_user: ignored("a sandbox has no process of its own"),
    run_as_group: ignored("a sandbox has no process of its own"),
    readonly_rootfs: ignored("a sandbox has no root of its own"),
    supplemental_groups: ignored("a sandbox has no process of its own"),
    supplemental_groups_policy: ignored("a sandbox has no process of its own"),
    privileged: honouredWhere("it decides the engine: no privileged pod comes here"),
    seccomp: ignored("a sandbox has no process of its own"),
    apparmor: ignored("a sandbox has no process of its own"),
    seccomp_profile_path: ignored("a sandbox has no process of its own"),
  },
  NamespaceOption: {
    network: honouredWhere(ownNetwork),
    ipc: honouredWhere(ownNetwork),
    pid: honouredWhere("POD, CONTAINER and TARGET; NODE goes to another engine by rule"),
  },
  UserNamespace: {
    mode: honouredWhere("NODE: the VM keeps a pod's users apart from the node's"),
    uids: noUserNamespaces,
    gids: noUserNamespaces,
  },
  IDMapping: { host_id: noMappedMounts, container_id: noMappedMounts, length: noMappedMounts },
  SELinuxOption: {
    user: ignored("the guest's kernel knows no labels"),
    role: ignored("the guest's kernel knows no labels"),
    type: ignored("the guest's kernel knows no labels"),
    level: ignored("the guest's kernel knows no labels"),
  },
  LinuxContainerResources: {
    oom_score_adj: honouredWhere("at create: the processes in the guest keep theirs"),
    cpuset_cpus: ignored("it names CPUs of the node, which the guest does not have"),
    cpuset_mems: ignored("it names memory of the node, which the guest does not have"),
    hugepage_limits: honouredWhere(noHugePages),
    unified: honouredWhere("the file is a controller's: cgroup's own are refused"),
  },
  HugepageLimit: { page_size: honouredWhere(noHugePages), limit: honouredWhere(noHugePages) },
  ContainerConfig: { CDI_devices: refused("a CDI specification is about devices of the node") },
  KeyValue: { value: honoured },
  Mount: {
    host_path: honouredWhere("it is a directory or a regular file: a VM can have no other"),
    selinux_relabel: ignored("the guest's kernel knows no labels"),
    propagation: honouredWhere("PRIVATE and HOST_TO_CONTAINER: a VM shows the node no mounts"),
    uidMappings: noMappedMounts,
    gidMappings: noMappedMounts,
    recursive_read_only: honoured,
    image: honouredWhere("it is in the store, as kubelets see to, and read-only"),
    image_sub_path: honouredWhere("it is a directory that no link leads out of the image to"),
  },
  Device: { host_path: honouredWhere("it is a block device: no other can be plugged into a VM") },
  CDIDevice: { name: refused("a CDI specification is about devices of the node") },
  LinuxContainerSecurityContext: {
    privileged: refused("a privileged pod goes to another engine by rule"),
    selinux_options: ignored("the guest's kernel knows no labels; the VM is the boundary"),
    supplemental_groups_policy: honoured,
    masked_paths: honoured,
    readonly_paths: honoured,
    apparmor: honouredWhere("it is no profile by name, which no VM has: refused"),
  },
  Capability: { add_ambient_capabilities: honoured },
  UpdatePodSandboxResourcesRequest: {
    overhead: honouredWhere("it is kept for the status: a VM keeps its size"),
    resources: honouredWhere("it is kept for the status: a VM keeps its size"),
  },
};

/** The whole table. */
export const qemuFields: FieldTable = Object.fromEntries(
  Object.entries(fields).map(([message, treatments]) => [
    message,
    { ...treatments, ...differencesInQemu[message] },
  ]),
);
