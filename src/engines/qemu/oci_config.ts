/**
 * Between the verbs and oci/, which is pure: gathers what an OCI configuration needs to know of the
 * image, the guest and the node. The process of a container is kept beside its VM, in memory of the
 * node, for the commands that are later run in it; its environment may hold secrets.
 */

import { internal } from "../../lib/errors.ts";
import { makePrivateDir, readTextIfExists, removeIfExists } from "../../lib/files.ts";
import type { ContainerConfig, ExecRequest, LinuxResources } from "../domain.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import { holdPidNamespace } from "./agent/mod.ts";
import type { QemuContext } from "./context.ts";
import type { GuestDevice } from "./devices.ts";
import { containerPaths, guestPaths } from "./guest_paths.ts";
import { imageVolumesFor } from "./image_volumes.ts";
import type { ImageRecord } from "./images/mod.ts";
import {
  type ContainerFacts,
  containerOci,
  decodeProcess,
  defaultSeccompPath,
  encodeOci,
  execProcess,
  type OciConfig,
  type OciUser,
  readSeccomp,
  resourcesOf,
} from "./oci/mod.ts";
import { cgroupOf } from "./oci_facts.ts";
import type { ContainerRecord, SandboxRecord } from "./records.ts";
import { hostnameOf } from "./sandbox_names.ts";
import type { GuestVolume } from "./volumes/volumes.ts";

export interface OciRequest {
  readonly id: ContainerId;
  readonly sandbox: SandboxRecord;
  readonly config: ContainerConfig;
  readonly image: ImageRecord;
  readonly volumes: readonly GuestVolume[];
  readonly devices: readonly GuestDevice[];
  /** Of the container whose PID namespace is joined, in the guest. */
  readonly targetPid?: number;
}

/** No guest of ours counts huge pages. */
const cgroupFacts = { hugePageSizes: [] };
const maxProcessBytes = 4 * 1024 * 1024;

/** What CreateContainer needs of a configuration. */
export interface ContainerBundle {
  /** The file that crun reads. */
  readonly file: Uint8Array;
  readonly user: OciUser;
  /** What goes into a file of its own, because the former cannot hold it. */
  readonly otherEnvironment?: Uint8Array;
}

/**
 * The configuration of a container.
 * @throws FraktiError for what a VM cannot honour.
 */
export async function ociConfigFor(
  context: QemuContext,
  request: OciRequest,
): Promise<ContainerBundle> {
  const { id, sandbox } = request;
  const { config, ...rest } = containerOci(request.config, await factsFor(context, request));
  await keepProcess(context, sandbox.id, id, config);
  return { file: encodeOci(config), user: config.process.user, ...rest };
}

async function factsFor(context: QemuContext, request: OciRequest): Promise<ContainerFacts> {
  const { id, sandbox, config, image, volumes, devices, targetPid } = request;
  const agent = context.pods.agent(sandbox.id);
  const namespaces = config.security.namespaces ?? sandbox.config.security.namespaces;
  const podPid = namespaces.pid === "pod" ? await holdPidNamespace(agent) : undefined;
  return {
    ...cgroupFacts,
    ...(podPid === undefined ? {} : { podPid }),
    ...(targetPid === undefined ? {} : { targetPid }),
    sandbox: sandbox.config,
    image: image.config,
    accounts: {
      ...(image.passwd === "" ? {} : { passwd: image.passwd }),
      ...(image.group === "" ? {} : { group: image.group }),
    },
    hostname: hostnameOf(sandbox.config),
    rootfs: containerPaths(id).rootfs,
    podFiles: guestPaths,
    volumes,
    imageVolumes: await imageVolumesFor(agent, {
      id,
      paths: image.config.volumes,
      hasReadonlyRoot: config.security.readonlyRootfs,
    }, context.log),
    devices,
    seccomp: await readSeccomp(config.security.seccomp, {
      defaultProfile: defaultSeccompPath,
      readText: readTextIfExists,
    }),
    kernelRelease: agent.welcome.kernelRelease,
    cgroupPath: `/${cgroupOf(id)}`,
  };
}

/** The process that a command in a container is: the container's own, with other words. */
export async function execProcessFor(
  context: QemuContext,
  { id, sandboxId, hasOtherEnvironment }: ContainerRecord,
  request: ExecRequest,
): Promise<Uint8Array> {
  const text = await readTextIfExists(processFile(context, sandboxId, id), maxProcessBytes);
  if (text === undefined) throw internal(`The process of container "${id}" is not known any more`);
  const process = decodeProcess(new TextEncoder().encode(text));
  return encodeOci(execProcess(process, request, { isLaunched: hasOtherEnvironment === true }));
}

/** What `crun update --resources` reads. */
export function resourcesJson(resources: LinuxResources): Uint8Array {
  return encodeOci(resourcesOf(resources, cgroupFacts));
}

async function keepProcess(
  context: QemuContext,
  sandbox: SandboxId,
  container: ContainerId,
  { process }: OciConfig,
): Promise<void> {
  const file = processFile(context, sandbox, container);
  await makePrivateDir(file.slice(0, file.lastIndexOf("/")));
  await Deno.writeFile(file, encodeOci(process), { mode: 0o600 });
}

/** The container is gone. */
export async function forgetProcessOf(
  context: QemuContext,
  { id, sandboxId }: Pick<ContainerRecord, "id" | "sandboxId">,
): Promise<void> {
  await removeIfExists(processFile(context, sandboxId, id));
}

function processFile(context: QemuContext, sandbox: SandboxId, container: ContainerId): string {
  return `${context.launcher.layout(sandbox).dir}/processes/${container}.json`;
}
