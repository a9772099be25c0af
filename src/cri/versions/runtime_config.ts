/**
 * Pods and containers as kubelets 1.6 to 1.9 describe them → `runtime.v1`.
 */

import type * as old from "../generated/runtime/messages.ts";
import {
  type ContainerConfig,
  type LinuxContainerSecurityContext,
  type LinuxSandboxSecurityContext,
  NamespaceMode,
  type NamespaceOption,
  type PodSandboxConfig,
  Signal,
  SupplementalGroupsPolicy,
} from "../wire.ts";
import { apparmorProfile, sandboxName, seccompProfile, sysctls } from "./runtime_annotations.ts";

type Annotations = ReadonlyMap<string, string>;

/** A pod. */
export function toPodSandboxConfig(config: old.PodSandboxConfig): PodSandboxConfig {
  const { linux, ...same } = config;
  const context = linux?.securityContext;
  return {
    ...same,
    linux: {
      cgroupParent: linux?.cgroupParent ?? "",
      securityContext: toSandboxContext(context, config.annotations),
      sysctls: linux !== undefined && linux.sysctls.size > 0
        ? linux.sysctls
        : sysctls(config.annotations),
      overhead: undefined,
      resources: undefined,
    },
  };
}

function toSandboxContext(
  context: old.LinuxSandboxSecurityContext | undefined,
  annotations: Annotations,
): LinuxSandboxSecurityContext {
  return {
    namespaceOptions: toNamespaces(context?.namespaceOptions),
    selinuxOptions: context?.selinuxOptions,
    runAsUser: context?.runAsUser,
    runAsGroup: undefined,
    readonlyRootfs: context?.readonlyRootfs ?? false,
    supplementalGroups: context?.supplementalGroups ?? [],
    supplementalGroupsPolicy: SupplementalGroupsPolicy.Merge,
    privileged: context?.privileged ?? false,
    seccomp: undefined,
    apparmor: undefined,
    seccompProfilePath: context?.seccompProfilePath || seccompProfile(annotations, sandboxName),
  };
}

/** A container; `podAnnotations` are those of its pod. */
export function toContainerConfig(
  config: old.ContainerConfig,
  podAnnotations: Annotations,
): ContainerConfig {
  const { linux, ...same } = config;
  const name = config.metadata?.name ?? "";
  return {
    ...same,
    linux: {
      resources: linux?.resources,
      securityContext: toContainerContext(linux?.securityContext, podAnnotations, name),
    },
    CDIDevices: [],
    stopSignal: Signal.RUNTIME_DEFAULT,
  };
}

function toContainerContext(
  context: old.LinuxContainerSecurityContext | undefined,
  annotations: Annotations,
  name: string,
): LinuxContainerSecurityContext {
  return {
    capabilities: context?.capabilities,
    privileged: context?.privileged ?? false,
    namespaceOptions: context?.namespaceOptions && toNamespaces(context.namespaceOptions),
    selinuxOptions: context?.selinuxOptions,
    runAsUser: context?.runAsUser,
    runAsGroup: undefined,
    runAsUsername: context?.runAsUsername ?? "",
    readonlyRootfs: context?.readonlyRootfs ?? false,
    supplementalGroups: context?.supplementalGroups ?? [],
    supplementalGroupsPolicy: SupplementalGroupsPolicy.Merge,
    noNewPrivs: context?.noNewPrivs ?? false,
    maskedPaths: [],
    readonlyPaths: [],
    seccomp: undefined,
    apparmor: undefined,
    apparmorProfile: context?.apparmorProfile || apparmorProfile(annotations, name),
    seccompProfilePath: context?.seccompProfilePath || seccompProfile(annotations, name),
  };
}

/** PID namespaces were private to each container unless they were the node's. */
function toNamespaces(option: old.NamespaceOption | undefined): NamespaceOption {
  const orNode = (mode: NamespaceMode, host: boolean | undefined) =>
    host ? NamespaceMode.NODE : mode;
  return {
    network: orNode(NamespaceMode.POD, option?.hostNetwork),
    pid: orNode(NamespaceMode.CONTAINER, option?.hostPid),
    ipc: orNode(NamespaceMode.POD, option?.hostIpc),
    targetId: "",
    usernsOptions: undefined,
  };
}
