/**
 * A container of a VM pod as crun makes it: the CRI's configuration, the image's, and what is known
 * of the guest, put into one OCI configuration. Pure: whatever must be read is among the facts. What
 * becomes of which field stands in tests/fields/qemu.ts.
 */

import type { ContainerConfig, SandboxConfig } from "../../domain.ts";
import type { ImageAccounts } from "./accounts.ts";
import { capabilitySets } from "./capabilities.ts";
import { commandOf, workingDirOf } from "./command.ts";
import { checkCdiDevices, devicesOf, type PluggedDevice } from "./devices.ts";
import { environmentOf, launched, otherEnvironmentOf } from "./env.ts";
import {
  type ImageVolume,
  mountsOf,
  type PodFiles,
  rootPropagation,
  type VolumeSource,
} from "./mounts.ts";
import { type NamespaceFacts, namespacesOf } from "./namespaces.ts";
import { protectedPaths } from "./paths.ts";
import { type CgroupFacts, oomScoreOf, resourcesOf } from "./resources.ts";
import { rlimits } from "./rlimits.ts";
import { seccompFilter, type SeccompText } from "./seccomp.ts";
import { checkSecurity } from "./security.ts";
import type { OciConfig } from "./spec.ts";
import { resolveUser } from "./user.ts";

/** What an image says about how it is run. */
export interface ImageFacts {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** "NAME=value". */
  readonly env: readonly string[];
  readonly user: string;
  readonly workingDir: string;
}

export interface ContainerFacts extends NamespaceFacts, CgroupFacts {
  readonly sandbox: Pick<SandboxConfig, "security">;
  readonly image: ImageFacts;
  readonly accounts: ImageAccounts;
  /** The pod's, as the guest has it. */
  readonly hostname: string;
  /** In the guest. */
  readonly rootfs: string;
  readonly podFiles: PodFiles;
  /** In the order of the configuration's mounts. */
  readonly volumes: readonly VolumeSource[];
  readonly imageVolumes: readonly ImageVolume[];
  readonly devices: readonly PluggedDevice[];
  /** From `readSeccomp`; undefined = unconfined. */
  readonly seccomp: SeccompText | undefined;
  readonly kernelRelease: string;
  /** Below /sys/fs/cgroup, beginning with a slash. */
  readonly cgroupPath: string;
}

/** The part of the configuration that matters here: a record without the environment lacks it. */
export type OciSource = Omit<ContainerConfig, "image" | "labels" | "annotations" | "metadata">;

const ociVersion = "1.0.2";

/** What crun and the guest need to make a container. */
export interface ContainerOci {
  readonly config: OciConfig;
  /** Variables that the configuration cannot hold; see env.ts. */
  readonly otherEnvironment?: Uint8Array;
}

/**
 * The OCI configuration of a container.
 * @throws FraktiError InvalidArgument for what nobody could honour, Unimplemented for what a VM
 *   cannot, FailedPrecondition for what the image or the node lacks.
 */
export function containerOci(config: OciSource, facts: ContainerFacts): ContainerOci {
  const { security } = config;
  checkSecurity(security);
  checkCdiDevices(config.cdiDevices);
  const { user, home } = resolveUser(security, facts.image.user, facts.accounts);
  const capabilities = capabilitySets(security.capabilities);
  const { devices, rules } = devicesOf(facts.devices);
  const seccomp = facts.seccomp && seccompFilter(facts.seccomp, {
    capabilities: capabilities.bounding,
    kernelRelease: facts.kernelRelease,
  });
  const otherEnvironment = otherEnvironmentOf(config.envs);
  const command = commandOf(config, facts.image);
  const env = { image: facts.image.env, hostname: facts.hostname, home, tty: config.tty };
  const oci: OciConfig = {
    ociVersion,
    process: {
      terminal: config.tty,
      user,
      args: otherEnvironment === undefined ? command : launched(command),
      env: environmentOf(config.envs, env),
      cwd: workingDirOf(config.workingDir, facts.image),
      capabilities,
      rlimits,
      noNewPrivileges: security.noNewPrivs,
      oomScoreAdj: oomScoreOf(config.resources),
    },
    root: { path: facts.rootfs, readonly: security.readonlyRootfs },
    mounts: mountsOf(facts.volumes, facts.imageVolumes, facts.podFiles, security.readonlyRootfs),
    linux: {
      namespaces: namespacesOf(security.namespaces ?? facts.sandbox.security.namespaces, facts),
      cgroupsPath: facts.cgroupPath,
      rootfsPropagation: rootPropagation(facts.volumes),
      devices,
      resources: { devices: rules, ...resourcesOf(config.resources, facts) },
      ...protectedPaths(security),
      ...(seccomp === undefined ? {} : { seccomp }),
    },
  };
  return { config: oci, ...(otherEnvironment && { otherEnvironment }) };
}
