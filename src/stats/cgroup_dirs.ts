/**
 * Where a process's control groups are: /proc/<pid>/cgroup says which, mountinfo says under which
 * directory. Handles v1, v2 and the hybrid of both, and frakti itself in a container, where mounts
 * show only a part of the hierarchy (cgroup_namespaces(7), proc(5)).
 */

import type { Clock } from "../lib/clock.ts";
import { type CgroupMount, parseCgroupMounts, placeCgroup } from "./cgroup_mounts.ts";

/** Reads a file below the root that tests replace; undefined when it is not there. */
export type ReadText = (path: string) => Promise<string | undefined>;

/** The directories to read figures from; a controller that is not there is absent. */
export type CgroupDirs =
  | { readonly version: 2; readonly dir: string }
  | {
    readonly version: 1;
    readonly memory?: string;
    readonly cpuacct?: string;
    readonly pids?: string;
  };

/** Hierarchies are mounted once, at boot; this is for a node that is still being set up. */
const mountsFreshMs = 60_000;

/**
 * Finds control groups. Remembers where the hierarchies are mounted: a node with many pods has
 * thousands of mounts, too many to read again for each container.
 */
export class CgroupFinder {
  #mounts: readonly CgroupMount[] = [];
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(readonly deps: { readonly clock: Clock; readonly read: ReadText }) {}

  /** The control groups of a process; undefined when it is gone or none can be found. */
  async find(pid: number): Promise<CgroupDirs | undefined> {
    const { clock, read } = this.deps;
    if (clock.monotonicMs() - this.#readAtMs >= mountsFreshMs) this.#reading ??= this.#readMounts();
    const [membership] = await Promise.all([read(`/proc/${pid}/cgroup`), this.#reading]);
    return membership === undefined ? undefined : locate(parseMembership(membership), this.#mounts);
  }

  async #readMounts(): Promise<void> {
    try {
      const mountinfo = await this.deps.read("/proc/self/mountinfo");
      this.#mounts = mountinfo === undefined ? [] : parseCgroupMounts(mountinfo);
      this.#readAtMs = this.deps.clock.monotonicMs();
    } finally {
      this.#reading = undefined;
    }
  }
}

/** The directories one level up: of a container's groups, those of its pod. */
export function parentOf(dirs: CgroupDirs): CgroupDirs {
  return mapDirs(dirs, (dir) => dir.slice(0, dir.lastIndexOf("/")));
}

function mapDirs(dirs: CgroupDirs, change: (dir: string) => string): CgroupDirs {
  if (dirs.version === 2) return { version: 2, dir: change(dirs.dir) };
  const { version, ...controllers } = dirs;
  return {
    version,
    ...Object.fromEntries(Object.entries(controllers).map(([name, dir]) => [name, change(dir)])),
  };
}

/**
 * The groups of a container whose first process may have moved to a group below, as systemd and dind
 * do: the path up to the part that holds the container's id. As they are where no part does.
 */
export function groupsOf(id: string, dirs: CgroupDirs): CgroupDirs {
  const cut = (dir: string) => {
    const parts = dir.split("/");
    const index = parts.findIndex((part) => part.includes(id));
    return index < 0 ? dir : parts.slice(0, index + 1).join("/");
  };
  return mapDirs(dirs, cut);
}

/** Whether these are the groups of the cgroup parent `path`, e.g. "/kubepods/burstable/pod1". */
export function endsIn(dirs: CgroupDirs, path: string): boolean {
  const dir = dirs.version === 2 ? dirs.dir : dirs.memory ?? dirs.cpuacct ?? "";
  return path.length > 1 && dir.endsWith(path.startsWith("/") ? path : `/${path}`);
}

/** Controllers → path in the hierarchy; "" is the unified one. */
function parseMembership(text: string): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, controllers, ...path] = line.split(":");
    if (controllers === undefined || path.length === 0) continue;
    for (const controller of controllers.split(",")) paths.set(controller, path.join(":"));
  }
  return paths;
}

function locate(
  membership: ReadonlyMap<string, string>,
  mounts: readonly CgroupMount[],
): CgroupDirs | undefined {
  const v1 = (controller: string) =>
    placeCgroup(
      membership.get(controller),
      mounts.filter((mount) => mount.type === "cgroup" && mount.controllers.includes(controller)),
    );
  const [memory, cpuacct, pids] = [v1("memory"), v1("cpuacct"), v1("pids")];
  if (memory !== undefined || cpuacct !== undefined) {
    return {
      version: 1,
      ...(memory === undefined ? {} : { memory }),
      ...(cpuacct === undefined ? {} : { cpuacct }),
      ...(pids === undefined ? {} : { pids }),
    };
  }
  const dir = placeCgroup(membership.get(""), mounts.filter((mount) => mount.type === "cgroup2"));
  return dir === undefined ? undefined : { version: 2, dir };
}
