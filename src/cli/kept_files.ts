/**
 * What frakti keeps on a node, for install.sh and the Debian package to remove: they take away what
 * stands here and nothing else, since an operator may have named a directory that others use too.
 * Pure.
 */

import type { Config } from "./config.ts";

/**
 * How a path is removed. `tree`: with all that is below it. `flat`: its files, then the directory
 * when it is empty. `file`: as it is. `dir`, `root` and `state`: the directory when it is empty; the
 * last two are those of the configuration. `mounts`: a tree below which frakti mounts.
 */
export type KeptKind = "tree" | "mounts" | "flat" | "file" | "dir" | "root" | "state";

/** A path that frakti makes. */
export interface KeptFile {
  readonly kind: KeptKind;
  readonly path: string;
}

/** Below the root directory, in the order of removal; a record directory holds files only. */
const inRoot: readonly (readonly [KeptKind, string])[] = [
  ["tree", "qemu/pods"],
  ["tree", "qemu/images/work"],
  ["tree", "qemu/images/disks"],
  ["tree", "qemu/images/blobs"],
  ["flat", "qemu/images/records"],
  ["dir", "qemu/images"],
  ["flat", "qemu/containers"],
  ["flat", "qemu/sandboxes"],
  ["file", "qemu/last_boot"],
  ["dir", "qemu"],
  ["tree", "hyperd/pods"],
  ["flat", "hyperd/images"],
  ["flat", "hyperd/containers"],
  ["flat", "hyperd/sandboxes"],
  ["file", "hyperd/last_boot"],
  ["dir", "hyperd"],
  ["file", "docker/cgroup_driver"],
  ["flat", "docker/containers"],
  ["flat", "docker/sandboxes"],
  ["file", "docker/last_boot"],
  ["dir", "docker"],
  ["file", "boot_id"],
  ["file", "instance_id"],
  ["file", "lock"],
];

/** Below the state directory. */
const inState: readonly (readonly [KeptKind, string])[] = [
  ["mounts", "pods"],
  ["mounts", "stage"],
  ["mounts", "cage"],
  ["flat", "dial"],
  ["file", "acceleration.json"],
  ["file", "pod-cidr"],
];

/** What a frakti of this configuration makes, in the order in which it can be removed. */
export function keptFiles(
  { rootDirectory, stateDirectory, listen }: Directories,
): readonly KeptFile[] {
  const [root, state] = [rootDirectory, stateDirectory].map((dir) => dir.replace(/(?<=.)\/+$/, ""));
  const below = (dir = "") => ([kind, name]: readonly [KeptKind, string]): KeptFile => {
    return { kind, path: `${dir === "/" ? "" : dir}/${name}` };
  };
  const named: readonly KeptFile[] = [
    { kind: "state", path: state ?? "" },
    { kind: "root", path: root ?? "" },
  ];
  return [
    ...inState.map(below(state)),
    ...inRoot.map(below(root)),
    { kind: "file", path: listen },
    // One may be in the other.
    ...[...named].sort((one, other) => other.path.length - one.path.length),
  ];
}

type Directories = Pick<Config, "rootDirectory" | "stateDirectory" | "listen">;

/** A line for each, "KIND PATH"; no path of a configuration holds a line break. */
export function formatKeptFiles(files: readonly KeptFile[]): string {
  return files.map(({ kind, path }) => `${kind} ${path}\n`).join("");
}
