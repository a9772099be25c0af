/**
 * What hyperd has no field for is refused, never dropped in silence: a pod that runs is the pod that
 * was asked for. What only restates a VM's boundary is let through; tests/fields/hyperd.ts says for
 * each field which it is, and why.
 */

import { FraktiError, invalidArgument, unimplemented } from "../../../lib/errors.ts";
import type { ContainerConfig, Mount, SandboxConfig, SelinuxOptions } from "../../domain.ts";
import type { HyperdCapabilities } from "../client/mod.ts";

const hint =
  'annotate the pod with runtime.frakti.alpha.kubernetes.io/OSContainer: "true" to run it in Docker';

function refuse(what: string): FraktiError {
  return unimplemented(`hyperd has no ${what}; ${hint}`);
}

/** @throws FraktiError Unimplemented, InvalidArgument. */
export function refuseSandbox({ security, dns }: SandboxConfig): void {
  if (security.privileged) throw invalidArgument("A privileged pod cannot run in a VM");
  if (security.namespaces.userns?.mode === "pod") throw refuse("user namespaces");
  refuseProfiles(security);
  for (const server of dns?.servers ?? []) {
    if (!isAddress(server)) throw invalidArgument(`DNS server "${server}" is no IP address`);
  }
}

/** @throws FraktiError Unimplemented, InvalidArgument. */
export function refuseContainer(config: ContainerConfig, hyperd: HyperdCapabilities): void {
  const { security, devices, cdiDevices, resources } = config;
  if (security.privileged) throw invalidArgument("A privileged container cannot run in a VM");
  const { add, drop, addAmbient } = security.capabilities;
  if (add.length + drop.length + addAmbient.length > 0) throw refuse("field for capabilities");
  if (security.noNewPrivs) throw refuse("field for no_new_privs");
  if (security.readonlyRootfs && !hyperd.readonlyRootfs) {
    throw refuse("read-only root file systems before 1.0");
  }
  if (security.supplementalGroupsPolicy === "strict") {
    throw refuse("field for supplemental_groups_policy Strict");
  }
  if (security.runAsGroup !== undefined && !hasUser(config)) {
    throw invalidArgument("A group needs a user beside it");
  }
  refuseProfiles(security);
  if (devices.length + cdiDevices.length > 0) throw refuse("devices of the node");
  if (resources.hugepageLimits.some(({ limitBytes }) => limitBytes > 0n)) {
    throw refuse("huge pages");
  }
  for (const mount of config.mounts) refuseMount(mount);
}

function hasUser({ security }: ContainerConfig): boolean {
  return security.runAsUser !== undefined || security.runAsUsername !== "";
}

function refuseProfiles(
  { seccomp, apparmor, selinux }: Pick<
    SandboxConfig["security"],
    "seccomp" | "apparmor" | "selinux"
  >,
): void {
  if (seccomp?.type === "localhost") throw refuse("seccomp profiles");
  if (apparmor?.type === "localhost") throw refuse("AppArmor profiles");
  if (selinux !== undefined && hasLabel(selinux)) throw refuse("SELinux labels");
}

function hasLabel({ user, role, type, level }: SelinuxOptions): boolean {
  return [user, role, type, level].some((part) => part !== "");
}

function refuseMount(mount: Mount): void {
  const where = `mount "${mount.containerPath}"`;
  if (mount.image !== undefined) throw refuse(`image volumes (${where})`);
  if (mount.propagation === "bidirectional") {
    throw invalidArgument(`The node cannot see what a VM mounts (${where})`);
  }
  if (mount.recursiveReadOnly) throw refuse(`recursive read-only mounts (${where})`);
  if (mount.uidMappings.length + mount.gidMappings.length > 0) {
    throw refuse(`id-mapped mounts (${where})`);
  }
}

function isAddress(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || /^[0-9a-fA-F:]*:[0-9a-fA-F:.]+$/.test(text);
}
