/**
 * Security contexts → domain. A profile can come as a message or, from older clients, as a text;
 * the message wins.
 */

import type {
  ContainerSecurity,
  SandboxSecurity,
  SecurityProfile,
  SelinuxOptions,
} from "../../engines/domain.ts";
import { invalidArgument } from "../../lib/errors.ts";
import type { Int64Value, LinuxContainerSecurityContext, SELinuxOption } from "../wire.ts";
import type { LinuxSandboxSecurityContext, SecurityProfile as WireProfile } from "../wire.ts";
import { absolutePath, enumName, nonEmpty, unixId, withoutNul } from "./checks.ts";
import { groupsPolicies, profileTypes } from "./enums.ts";
import { toContainerNamespaces, toSandboxNamespaces } from "./namespaces.ts";

/** Whether a list of paths that is not there means "none" or "the client cannot say". */
export interface SecurityTraits {
  /**
   * False for packages whose messages have no masked and read-only paths. "unless-empty" where some
   * clients know of none: kubelets 1.10 and 1.11 speak v1alpha2, the lists came with 1.12, and "none"
   * would leave /proc/sysrq-trigger and its like open to every container of theirs.
   */
  readonly pathLists: boolean | "unless-empty";
}

/** A pod's security; a request without one asks for nothing special. */
export function toSandboxSecurity(
  context: LinuxSandboxSecurityContext | undefined,
  field: string,
): SandboxSecurity {
  const namespaces = toSandboxNamespaces(
    context?.namespaceOptions,
    `${field}.namespace_options`,
  );
  if (context === undefined) {
    return {
      namespaces,
      readonlyRootfs: false,
      supplementalGroups: [],
      supplementalGroupsPolicy: "merge",
      privileged: false,
    };
  }
  return {
    namespaces,
    ...toShared(context, field),
    ...toUser(context, context.runAsUser !== undefined, field),
  };
}

/** A container's security; a request without one asks for nothing special. */
export function toContainerSecurity(
  context: LinuxContainerSecurityContext | undefined,
  traits: SecurityTraits,
  field: string,
): ContainerSecurity {
  if (context === undefined) {
    return {
      capabilities: { add: [], drop: [], addAmbient: [] },
      privileged: false,
      runAsUsername: "",
      readonlyRootfs: false,
      supplementalGroups: [],
      supplementalGroupsPolicy: "merge",
      noNewPrivs: false,
    };
  }
  const namespaces = toContainerNamespaces(
    context.namespaceOptions,
    `${field}.namespace_options`,
  );
  const hasUser = context.runAsUser !== undefined || context.runAsUsername !== "";
  const lists = {
    maskedPaths: cleanPaths(context.maskedPaths, `${field}.masked_paths`),
    readonlyPaths: cleanPaths(context.readonlyPaths, `${field}.readonly_paths`),
  };
  const isEmpty = lists.maskedPaths.length + lists.readonlyPaths.length === 0;
  const isSaid = traits.pathLists === "unless-empty"
    ? context.privileged || !isEmpty
    : traits.pathLists;
  const paths = isSaid ? lists : {};
  return {
    capabilities: {
      add: context.capabilities?.addCapabilities ?? [],
      drop: context.capabilities?.dropCapabilities ?? [],
      addAmbient: context.capabilities?.addAmbientCapabilities ?? [],
    },
    ...(namespaces === undefined ? {} : { namespaces }),
    runAsUsername: withoutNul(context.runAsUsername, `${field}.run_as_username`),
    noNewPrivs: context.noNewPrivs,
    ...paths,
    ...toShared(context, field),
    ...toUser(context, hasUser, field),
  };
}

type Shared = Pick<
  LinuxSandboxSecurityContext | LinuxContainerSecurityContext,
  | "privileged"
  | "readonlyRootfs"
  | "supplementalGroups"
  | "supplementalGroupsPolicy"
  | "selinuxOptions"
  | "seccomp"
  | "apparmor"
  | "seccompProfilePath"
>;

function toShared(context: Shared & { readonly apparmorProfile?: string }, field: string) {
  const selinux = toSelinux(context.selinuxOptions);
  const seccomp = context.seccomp === undefined
    ? seccompFromText(context.seccompProfilePath, `${field}.seccomp_profile_path`)
    : seccompFromMessage(context.seccomp, `${field}.seccomp`);
  const apparmor = context.apparmor === undefined
    ? apparmorFromText(context.apparmorProfile ?? "", `${field}.apparmor_profile`)
    : apparmorFromMessage(context.apparmor, `${field}.apparmor`);
  return {
    privileged: context.privileged,
    readonlyRootfs: context.readonlyRootfs,
    supplementalGroups: context.supplementalGroups.map((group) =>
      unixId(group, `${field}.supplemental_groups`)
    ),
    supplementalGroupsPolicy: enumName(
      groupsPolicies,
      context.supplementalGroupsPolicy,
      `${field}.supplemental_groups_policy`,
    ),
    ...(selinux === undefined ? {} : { selinux }),
    ...(seccomp === undefined ? {} : { seccomp }),
    ...(apparmor === undefined ? {} : { apparmor }),
  };
}

interface UserIds {
  readonly runAsUser: Int64Value | undefined;
  readonly runAsGroup: Int64Value | undefined;
}

/** A group without a user must be an error: it would silently run as the image's user. */
function toUser(ids: UserIds, hasUser: boolean, field: string) {
  if (ids.runAsGroup !== undefined && !hasUser) {
    throw invalidArgument(`Field "${field}.run_as_group" is set without a user to run as`);
  }
  return {
    ...(ids.runAsUser === undefined
      ? {}
      : { runAsUser: unixId(ids.runAsUser.value, `${field}.run_as_user`) }),
    ...(ids.runAsGroup === undefined
      ? {}
      : { runAsGroup: unixId(ids.runAsGroup.value, `${field}.run_as_group`) }),
  };
}

function toSelinux(option: SELinuxOption | undefined): SelinuxOptions | undefined {
  if (option === undefined) return undefined;
  const { user, role, type, level } = option;
  // A kubelet sends the message with empty parts when the pod says nothing.
  return user + role + type + level === "" ? undefined : { user, role, type, level };
}

function cleanPaths(paths: readonly string[], field: string): readonly string[] {
  return paths.map((path) => absolutePath(path, field));
}

function seccompFromMessage(profile: WireProfile, field: string): SecurityProfile {
  const type = enumName(profileTypes, profile.profileType, `${field}.profile_type`);
  return type === "localhost"
    ? { type, localhostRef: absolutePath(profile.localhostRef, `${field}.localhost_ref`) }
    : { type };
}

function apparmorFromMessage(profile: WireProfile, field: string): SecurityProfile {
  const type = enumName(profileTypes, profile.profileType, `${field}.profile_type`);
  return type === "localhost"
    ? { type, localhostRef: apparmorName(profile.localhostRef, `${field}.localhost_ref`) }
    : { type };
}

const localhostPrefix = "localhost/";

function seccompFromText(text: string, field: string): SecurityProfile | undefined {
  if (text.startsWith(localhostPrefix)) {
    const path = text.slice(localhostPrefix.length);
    return { type: "localhost", localhostRef: absolutePath(path, field) };
  }
  return wellKnownProfile(text, field);
}

function apparmorFromText(text: string, field: string): SecurityProfile | undefined {
  if (text.startsWith(localhostPrefix)) {
    const name = text.slice(localhostPrefix.length);
    return { type: "localhost", localhostRef: apparmorName(name, field) };
  }
  return wellKnownProfile(text, field);
}

/** Some clients keep the prefix in the message too. */
function apparmorName(name: string, field: string): string {
  const bare = name.startsWith(localhostPrefix) ? name.slice(localhostPrefix.length) : name;
  return nonEmpty(bare, field);
}

function wellKnownProfile(text: string, field: string): SecurityProfile | undefined {
  switch (text) {
    case "":
      return undefined;
    case "runtime/default":
    case "docker/default":
      return { type: "runtimeDefault" };
    case "unconfined":
      return { type: "unconfined" };
    default:
      throw invalidArgument(`Field "${field}" names an unknown profile: "${text}"`);
  }
}
