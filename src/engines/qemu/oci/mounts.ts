/**
 * What a container sees mounted: the kernel's file systems, the pod's shared memory and its files
 * of names, then its volumes. A volume at the place of one of the former takes that place.
 */

import { invalidArgument, unimplemented } from "../../../lib/errors.ts";
import type { Mount } from "../../domain.ts";
import type { OciMount } from "./spec.ts";

/** A CRI mount and where its source is in the guest. */
export interface VolumeSource {
  readonly mount: Mount;
  readonly guestPath: string;
}

/** A directory that the image wants to be a volume, and where its content is in the guest. */
export interface ImageVolume {
  readonly containerPath: string;
  readonly guestPath: string;
}

/** Where the pod's own files are in the guest. */
export interface PodFiles {
  readonly shm: string;
  readonly resolvConf: string;
  readonly hosts: string;
  readonly hostname: string;
}

const kernelMounts: readonly OciMount[] = [
  mountOf("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
  mountOf("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
  mountOf(
    "/dev/pts",
    "devpts",
    "devpts",
    "nosuid",
    "noexec",
    "newinstance",
    "ptmxmode=0666",
    "mode=0620",
    "gid=5",
  ),
  mountOf("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
  mountOf("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
  mountOf("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro"),
];

/**
 * Every mount, those that hold others before them: a volume inside a volume may come in any order.
 * @throws FraktiError InvalidArgument and Unimplemented for what cannot be honoured.
 */
export function mountsOf(
  volumes: readonly VolumeSource[],
  imageVolumes: readonly ImageVolume[],
  pod: PodFiles,
  hasReadonlyRoot: boolean,
): readonly OciMount[] {
  const podFileMode = hasReadonlyRoot ? "ro" : "rw";
  const own = [
    ...kernelMounts,
    mountOf("/dev/shm", "bind", pod.shm, "rbind", "rprivate", "nosuid", "noexec", "nodev"),
    mountOf("/etc/resolv.conf", "bind", pod.resolvConf, "rbind", "rprivate", podFileMode),
    mountOf("/etc/hostname", "bind", pod.hostname, "rbind", "rprivate", podFileMode),
    mountOf("/etc/hosts", "bind", pod.hosts, "rbind", "rprivate", podFileMode),
    ...imageVolumes.map(({ containerPath, guestPath }) =>
      mountOf(normalised(containerPath), "bind", guestPath, "rbind", "rprivate", "rw")
    ),
  ];
  const asked = volumes.map(volumeMount);
  const taken = new Set(asked.map(({ destination }) => destination));
  // The sort is stable: what lies equally deep stays in the order of the request.
  return [...own.filter(({ destination }) => !taken.has(destination)), ...asked]
    .map((mount) => ({ mount, depth: mount.destination.split("/").length }))
    .sort((a, b) => a.depth - b.depth)
    .map(({ mount }) => mount);
}

/** A slave mount sees nothing in a root whose own mounts are private. */
export function rootPropagation(volumes: readonly VolumeSource[]): "rprivate" | "rslave" {
  const follows = volumes.some(({ mount }) => mount.propagation === "hostToContainer");
  return follows ? "rslave" : "rprivate";
}

function volumeMount({ mount, guestPath }: VolumeSource): OciMount {
  checkMount(mount);
  const propagation = mount.propagation === "hostToContainer" ? "rslave" : "rprivate";
  // The share is one file system in the guest, whatever is mounted below it on the node: read-only
  // is always recursively so.
  const mode = mount.readonly || mount.image !== undefined ? "ro" : "rw";
  return mountOf(
    normalised(mount.containerPath),
    "bind",
    guestPath,
    "rbind",
    propagation,
    mode,
  );
}

function checkMount(mount: Mount): void {
  const { containerPath, propagation, recursiveReadOnly } = mount;
  const isAbsolute = containerPath.startsWith("/") && !containerPath.split("/").includes("..");
  if (!isAbsolute || containerPath.includes("\0") || normalised(containerPath) === "/") {
    throw invalidArgument(
      `Mount path "${containerPath}" is not an absolute path without ".." below the root`,
    );
  }
  if (propagation === "bidirectional") {
    throw invalidArgument(
      `Mount "${containerPath}" is to show the node what a VM mounts, which it cannot`,
    );
  }
  if (mount.uidMappings.length + mount.gidMappings.length > 0) {
    throw unimplemented(`Mount "${containerPath}": VMs have no id-mapped mounts`);
  }
  if (recursiveReadOnly && !mount.readonly) {
    throw invalidArgument(`Mount "${containerPath}" is recursively read-only but not read-only`);
  }
  if (recursiveReadOnly && propagation !== "private") {
    throw invalidArgument(
      `Mount "${containerPath}" is recursively read-only, which needs private propagation`,
    );
  }
}

function mountOf(
  destination: string,
  type: string,
  source: string,
  ...options: readonly string[]
): OciMount {
  return { destination, type, source, options };
}

/** Without doubled and trailing slashes and ".", so that equal places are equal texts. */
function normalised(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return `/${parts.join("/")}`;
}
