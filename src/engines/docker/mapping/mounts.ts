/**
 * Mounts of a container: checked, their sources resolved, and stated as Docker takes them, as
 * `Mounts` from API 1.25 on, else as `Binds`.
 */

import { failedPrecondition, invalidArgument, unimplemented } from "../../../lib/errors.ts";
import type { Mount, MountPropagation } from "../../domain.ts";
import { hasApi } from "../client/api_version.ts";
import type { MountBody } from "../client/bodies.ts";
import { type DaemonFacts, hasSecurityOption } from "./facts.ts";
import type { HostFiles } from "./host_files.ts";

export interface MountFields {
  readonly Mounts?: readonly MountBody[];
  readonly Binds?: readonly string[];
}

const mountsApi = 25;
const recursiveApi = 44;

/**
 * Docker's mount fields.
 * @throws FraktiError FailedPrecondition when a source does not exist: Docker would make an empty
 *   directory in its place. InvalidArgument and Unimplemented for what cannot be honoured.
 */
export async function mountFields(
  mounts: readonly Mount[],
  facts: DaemonFacts,
  files: HostFiles,
): Promise<MountFields> {
  const bodies: MountBody[] = [];
  const binds: string[] = [];
  for (const mount of mounts) {
    checkMount(mount, facts);
    const source = await resolveSource(mount, files);
    if (needsBind(mount, facts)) binds.push(bindOf(mount, source, facts));
    else bodies.push(bodyOf(mount, source, facts));
  }
  return {
    ...(bodies.length === 0 ? {} : { Mounts: bodies }),
    ...(binds.length === 0 ? {} : { Binds: binds }),
  };
}

function checkMount(mount: Mount, facts: DaemonFacts): void {
  const { containerPath, hostPath } = mount;
  if (mount.image !== undefined || mount.imageSubPath !== "") {
    throw unimplemented(`Mount "${containerPath}": image volumes cannot be had from Docker`);
  }
  if (mount.uidMappings.length > 0 || mount.gidMappings.length > 0) {
    throw unimplemented(`Mount "${containerPath}": id-mapped mounts cannot be had from Docker`);
  }
  for (const path of [containerPath, hostPath]) {
    if (!path.startsWith("/") || path.split("/").includes("..") || path.includes("\0")) {
      throw invalidArgument(`Mount path "${path}" is not an absolute path without ".."`);
    }
  }
  if (mount.recursiveReadOnly) checkRecursive(mount, facts);
}

/** The prefix is what kubelets look for in the text. */
function checkRecursive(mount: Mount, facts: DaemonFacts): void {
  const { containerPath } = mount;
  if (!mount.readonly) {
    throw invalidArgument(`Mount "${containerPath}" is recursively read-only but not read-only`);
  }
  if (mount.propagation !== "private") {
    throw invalidArgument(
      `Mount "${containerPath}" is recursively read-only, which needs private propagation`,
    );
  }
  if (!supportsRecursiveReadOnly(facts)) {
    throw invalidArgument(
      `RROUnsupported: mount "${containerPath}": this Docker has no recursive read-only mounts`,
    );
  }
}

/** Whether the daemon's runtime and API can make a whole tree of mounts read-only. */
export function supportsRecursiveReadOnly(
  facts: Pick<DaemonFacts, "apiVersion" | "info">,
): boolean {
  const runtime = facts.info.runtimes.find(({ name }) => name === facts.info.defaultRuntime);
  return hasApi(facts.apiVersion, recursiveApi) && (runtime?.recursiveReadOnly ?? false);
}

/** Followed on the host, now: what the path meant when it was checked is what gets mounted. */
async function resolveSource(mount: Mount, files: HostFiles): Promise<string> {
  const source = await files.realPath(mount.hostPath);
  if (source === undefined) {
    throw failedPrecondition(`Mount source "${mount.hostPath}" does not exist`);
  }
  return source;
}

/** Relabelling for SELinux exists only in the older form. */
function needsBind(mount: Mount, facts: DaemonFacts): boolean {
  return !hasApi(facts.apiVersion, mountsApi) || relabels(mount, facts);
}

function relabels(mount: Mount, facts: DaemonFacts): boolean {
  return mount.selinuxRelabel && hasSecurityOption(facts, "selinux");
}

/**
 * Private propagation is stated by saying nothing: Docker then makes it a slave where a volume
 * contains its own directory, and refuses the mount otherwise.
 */
const propagations: Readonly<Record<MountPropagation, "" | "rslave" | "rshared">> = {
  private: "",
  hostToContainer: "rslave",
  bidirectional: "rshared",
};

function bodyOf(mount: Mount, source: string, facts: DaemonFacts): MountBody {
  const propagation = propagations[mount.propagation];
  const options = {
    ...(propagation === "" ? {} : { Propagation: propagation }),
    ...readOnlyOptions(mount, facts),
  };
  return {
    Type: "bind",
    Source: source,
    Target: mount.containerPath,
    ...(mount.readonly ? { ReadOnly: true } : {}),
    ...(Object.keys(options).length === 0 ? {} : { BindOptions: options }),
  };
}

/** From 1.44 on Docker would make every read-only mount recursively so, which the CRI is asked for. */
function readOnlyOptions(mount: Mount, facts: DaemonFacts): MountBody["BindOptions"] {
  if (!mount.readonly || !hasApi(facts.apiVersion, recursiveApi)) return {};
  return mount.recursiveReadOnly
    ? { Propagation: "rprivate", ReadOnlyForceRecursive: true }
    : { ReadOnlyNonRecursive: true };
}

function bindOf(mount: Mount, source: string, facts: DaemonFacts): string {
  if (source.includes(":") || mount.containerPath.includes(":")) {
    throw unimplemented(
      `Mount "${source}" at "${mount.containerPath}": a path with a colon needs Docker API ` +
        `1.${mountsApi} and no SELinux relabelling`,
    );
  }
  const modes = [
    ...(mount.readonly ? ["ro"] : []),
    ...(propagations[mount.propagation] === "" ? [] : [propagations[mount.propagation]]),
    // The containers of a pod share the sandbox's label, so that a private label is the pod's.
    ...(relabels(mount, facts) ? ["Z"] : []),
  ];
  return [source, mount.containerPath, ...(modes.length === 0 ? [] : [modes.join(",")])].join(":");
}
