/**
 * Control group files in memory for unit tests: groups appear with the files that the kernel would
 * give them, and are busy while they have processes or groups.
 */

import type { CgroupMount } from "../../../stats/mod.ts";
import type { CgroupFiles } from "./files.ts";

/** Hierarchies as on a host with cgroup v1, all on their own. */
export const v1Mounts: CgroupMount[] = ["memory", "cpu", "cpuacct", "pids", "blkio"].map((
  name,
) => ({
  root: "/",
  mountPoint: `/cg/${name}`,
  type: "cgroup",
  controllers: [name],
}));

/** The one hierarchy of cgroup v2. */
export const v2Mounts: CgroupMount[] = [
  { root: "/", mountPoint: "/cg", type: "cgroup2", controllers: [""] },
];

/** The fake. */
export class FakeCgroups implements CgroupFiles {
  /** Directory → its files. */
  readonly dirs = new Map<string, Map<string, string>>();
  /** Directories that a process was moved to, in order. */
  readonly joined: string[] = [];

  constructor(readonly mounts: readonly CgroupMount[]) {
    for (const { mountPoint } of mounts) this.#add(mountPoint);
  }

  /** Makes a group with all above it, and sets files of it. */
  group(path: string, files: Readonly<Record<string, string>> = {}): void {
    for (const { mountPoint } of this.mounts) {
      let dir = mountPoint;
      for (const part of path.split("/").filter((text) => text !== "")) {
        this.#add(dir = `${dir}/${part}`);
      }
      for (const [name, text] of Object.entries(files)) this.dirs.get(dir)?.set(name, text);
    }
  }

  /** All processes end. */
  endProcesses(): void {
    for (const files of this.dirs.values()) files.set("cgroup.procs", "");
  }

  read(path: string): Promise<string | undefined> {
    return Promise.resolve(this.#fileOf(path));
  }

  write(path: string, text: string): Promise<void> {
    if (this.#fileOf(path) === undefined) return Promise.reject(new Deno.errors.NotFound(path));
    const [dir, name] = split(path);
    if (name === "cgroup.procs") this.joined.push(dir);
    if (name === "cgroup.subtree_control") {
      const before = this.#fileOf(path) ?? "";
      this.dirs.get(dir)?.set(name, `${before} ${text.slice(1)}`.trim());
    } else this.dirs.get(dir)?.set(name, text);
    return Promise.resolve();
  }

  isDirectory(path: string): Promise<boolean> {
    return Promise.resolve(this.dirs.has(path));
  }

  makeDirectory(path: string): Promise<void> {
    const [above] = split(path);
    if (!this.dirs.has(above)) return Promise.reject(new Deno.errors.NotFound(path));
    this.#add(path);
    return Promise.resolve();
  }

  removeDirectory(path: string): Promise<"gone" | "busy"> {
    const isBusy = [...this.dirs.keys()].some((dir) => dir.startsWith(`${path}/`)) ||
      (this.dirs.get(path)?.get("cgroup.procs") ?? "") !== "";
    if (!isBusy) this.dirs.delete(path);
    return Promise.resolve(isBusy ? "busy" : "gone");
  }

  #add(dir: string): void {
    if (this.dirs.has(dir)) return;
    this.dirs.set(
      dir,
      new Map([
        ["cgroup.procs", ""],
        ["cgroup.controllers", "cpu io memory pids"],
        ["cgroup.subtree_control", ""],
        ["cpu.shares", "1024"],
        ["cpu.weight", "100"],
      ]),
    );
  }

  #fileOf(path: string): string | undefined {
    const [dir, name] = split(path);
    return this.dirs.get(dir)?.get(name);
  }
}

function split(path: string): [string, string] {
  const at = path.lastIndexOf("/");
  return [path.slice(0, at), path.slice(at + 1)];
}
