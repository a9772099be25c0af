/**
 * The field table of the hyperd engine: what it does otherwise than the table in fields.ts. Its
 * mapping is src/engines/hyperd/mapping; tests/hyperd/traps_test.ts shows what is refused.
 */

import { fields } from "./fields.ts";
import { type FieldTable, honoured, honouredWhere, ignored, refused } from "./treatment.ts";

const noField = refused("hyperd has no field for it");
const noProcess = ignored("a sandbox has no process of its own");
const wholeVm = ignored("the VM's size, which the pod's limits make, is the limit of all of it");
const keptOnly = honouredWhere("it is kept for the status: a VM keeps its size");
const ownNetwork = "POD, and CONTAINER which is the same; NODE goes to another engine by rule";

/** By message and field, as in fields.ts. */
export const differencesInHyperd: FieldTable = {
  PodSandboxConfig: { hostname: honoured, port_mappings: honoured },
  DNSConfig: { servers: honouredWhere("each is an IP address: hyperd takes no other") },
  LinuxPodSandboxConfig: {
    sysctls: honouredWhere("they reach every container of the pod: hyperd has them there"),
    overhead: honouredWhere("it comes with the sandbox: a VM keeps its size"),
    resources: honouredWhere("it comes with the sandbox: a VM keeps its size"),
  },
  LinuxSandboxSecurityContext: {
    selinux_options: noField,
    run_as_user: noProcess,
    run_as_group: noProcess,
    readonly_rootfs: noProcess,
    supplemental_groups: noProcess,
    supplemental_groups_policy: noProcess,
    privileged: honouredWhere("it decides the engine: no privileged pod comes here"),
    seccomp: refused("a profile by name has no field; the runtime's default is none"),
    apparmor: refused("a profile by name has no field; the runtime's default is none"),
    seccomp_profile_path: refused("a profile by name has no field"),
  },
  NamespaceOption: {
    network: honouredWhere(ownNetwork),
    ipc: honouredWhere(ownNetwork),
    pid: honouredWhere("POD: the containers of a VM share one PID namespace whatever is asked for"),
    userns_options: refused("hyperd has no field for user namespaces"),
  },
  UserNamespace: {
    mode: honouredWhere("NODE: the VM keeps a pod's users apart from the node's"),
    uids: noField,
    gids: noField,
  },
  IDMapping: { host_id: noField, container_id: noField, length: noField },
  SELinuxOption: { user: noField, role: noField, type: noField, level: noField },
  SecurityProfile: {
    profile_type: honouredWhere("it is no profile by name: that is refused"),
    localhost_ref: noField,
  },
  LinuxContainerResources: {
    cpu_period: wholeVm,
    cpu_quota: wholeVm,
    cpu_shares: wholeVm,
    memory_limit_in_bytes: wholeVm,
    oom_score_adj: wholeVm,
    cpuset_cpus: ignored("it names CPUs of the node, which the guest does not have"),
    cpuset_mems: ignored("it names memory of the node, which the guest does not have"),
    hugepage_limits: honouredWhere("it is 0: a size is refused"),
    unified: wholeVm,
    memory_swap_limit_in_bytes: wholeVm,
  },
  HugepageLimit: { page_size: noField, limit: honouredWhere("it is 0: a size is refused") },
  ContainerConfig: {
    devices: noField,
    CDI_devices: noField,
    stdin: honouredWhere("it is true: a container without has one that says nothing"),
    stdin_once: ignored("hyperd has no half-close: the container does not see the end"),
  },
  KeyValue: { value: honouredWhere("it is UTF-8: hyperd's field is a string, others are refused") },
  Mount: {
    host_path: honouredWhere("it is a directory or a regular file: the share carries no other"),
    selinux_relabel: ignored("the guest's kernel knows no labels"),
    propagation: honouredWhere("PRIVATE: later mounts of the node do not arrive either"),
    uidMappings: noField,
    gidMappings: noField,
    recursive_read_only: noField,
    image: noField,
    image_sub_path: noField,
  },
  Device: { container_path: noField, host_path: noField, permissions: noField },
  CDIDevice: { name: noField },
  LinuxContainerSecurityContext: {
    capabilities: noField,
    privileged: refused("a privileged pod goes to another engine by rule"),
    selinux_options: noField,
    run_as_group: honouredWhere("there is a user beside it"),
    readonly_rootfs: honouredWhere("hyperd is 1.0 or newer: refused before"),
    supplemental_groups_policy: honouredWhere("Merge: Strict is refused"),
    no_new_privs: noField,
    masked_paths: ignored("they would hide the guest's kernel, and it is not the node's"),
    readonly_paths: ignored("they would guard the guest's kernel, and it is not the node's"),
    seccomp: honouredWhere("it is no profile by name; the runtime's default is none"),
    apparmor: honouredWhere("it is no profile by name; the runtime's default is none"),
  },
  Capability: {
    add_capabilities: noField,
    drop_capabilities: noField,
    add_ambient_capabilities: noField,
  },
  UpdatePodSandboxResourcesRequest: { overhead: keptOnly, resources: keptOnly },
  UpdateContainerResourcesRequest: {
    linux: refused("the VM is the limit of all its containers: the call is Unimplemented"),
  },
  AuthConfig: { identity_token: noField },
};

/** The whole table. */
export const hyperdFields: FieldTable = Object.fromEntries(
  Object.entries(fields).map(([message, treatments]) => [
    message,
    { ...treatments, ...differencesInHyperd[message] },
  ]),
);
