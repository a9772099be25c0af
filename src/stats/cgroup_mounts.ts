/**
 * Where the hierarchies of control groups are mounted, from /proc/self/mountinfo (proc(5)). Pure.
 */

export interface CgroupMount {
  /** What of the hierarchy is mounted. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: "cgroup" | "cgroup2";
  /** v1: the controllers of the hierarchy. */
  readonly controllers: readonly string[];
}

/** The mounts of control groups in the table. */
export function parseCgroupMounts(text: string): readonly CgroupMount[] {
  return text.split("\n").flatMap((line): CgroupMount[] => {
    if (!line.includes(" - cgroup")) return []; // Before splitting: nearly all lines are others.
    const [before, after] = line.split(" - ");
    const [, , , root, mountPoint] = (before ?? "").split(" ");
    const [type, , options] = (after ?? "").split(" ");
    if (root === undefined || mountPoint === undefined) return [];
    if (type !== "cgroup" && type !== "cgroup2") return [];
    return [{
      root: unescape(root),
      mountPoint: unescape(mountPoint),
      type,
      controllers: (options ?? "").split(","),
    }];
  });
}

/** mountinfo writes blanks, tabs, newlines and backslashes in octal. */
function unescape(path: string): string {
  return path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

/** The directory of `path` under the first mount that shows it. */
export function placeCgroup(
  path: string | undefined,
  mounts: readonly CgroupMount[],
): string | undefined {
  // "/../x" lies outside of our own cgroup namespace: no mount of ours shows it.
  if (path === undefined || path.startsWith("/..")) return undefined;
  for (const { root, mountPoint } of mounts) {
    if (root === "/") return path === "/" ? mountPoint : mountPoint + path;
    if (path === root) return mountPoint;
    if (path.startsWith(`${root}/`)) return mountPoint + path.slice(root.length);
  }
  return undefined;
}
