/**
 * The hierarchy, or with cgroup v1 the hierarchies, of control groups as one tree: a group has a
 * path and one or more directories. Knows limits and membership, no VMs.
 */

import { wrap } from "../../../lib/errors.ts";
import {
  type CgroupDirs,
  type CgroupMount,
  parseCgroupMounts,
  placeCgroup,
} from "../../../stats/mod.ts";
import type { CgroupLimits } from "../vm/size.ts";
import type { CgroupFiles } from "./files.ts";

/** The v1 controllers in which a VM is accounted and limited. */
const v1Controllers = ["memory", "cpu", "cpuacct", "pids", "blkio"] as const;

/** Those of v2, as cgroup.subtree_control names them. */
const v2Controllers = ["memory", "cpu", "pids", "io"];

/** A v1 limit beyond this is "none": the kernel rounds the largest number down to a page. */
const noLimitFromBytes = 1n << 62n;

/** The tree. */
export class CgroupTree {
  readonly version: 1 | 2;

  constructor(readonly mounts: readonly CgroupMount[], readonly files: CgroupFiles) {
    this.version = mounts.some(({ controllers }) => controllers.includes("memory")) ? 1 : 2;
  }

  /** The tree of this host, as frakti sees it. */
  static async find(files: CgroupFiles): Promise<CgroupTree> {
    return new CgroupTree(parseCgroupMounts(await files.read("/proc/self/mountinfo") ?? ""), files);
  }

  /** A group's directories; none when no hierarchy is mounted. */
  dirsOf(path: string): string[] {
    const all = this.version === 2
      ? [this.#v2(path)]
      : v1Controllers.map((controller) => this.#v1(controller, path));
    return [...new Set(all.filter((dir) => dir !== undefined))];
  }

  /** The same for the stats room; undefined when the group is not there. */
  async figuresOf(path: string): Promise<CgroupDirs | undefined> {
    if (!await this.exists(path)) return undefined;
    if (this.version === 2) return { version: 2, dir: this.#v2(path) ?? "" };
    const dirs = ["memory", "cpuacct", "pids"].map((name) => [name, this.#v1(name, path)] as const);
    return { version: 1, ...Object.fromEntries(dirs.filter(([, dir]) => dir !== undefined)) };
  }

  /** True when the group is there, in every hierarchy. */
  async exists(path: string): Promise<boolean> {
    const dirs = this.dirsOf(path);
    for (const dir of dirs) if (!await this.files.isDirectory(dir)) return false;
    return dirs.length > 0;
  }

  /** Makes a group below one that is there, and has its use accounted. */
  async make(path: string): Promise<void> {
    try {
      if (this.version === 2) await this.#enable(path.slice(0, path.lastIndexOf("/")));
      for (const dir of this.dirsOf(path)) await this.files.makeDirectory(dir);
    } catch (error) {
      throw wrap(`Cannot make cgroup "${path}"`, error);
    }
  }

  /** Moves a process with all its threads. */
  async join(path: string, pid: number): Promise<void> {
    try {
      for (const dir of this.dirsOf(path)) {
        await this.files.write(`${dir}/cgroup.procs`, `${pid}\n`);
      }
    } catch (error) {
      throw wrap(`Cannot move process ${pid} to cgroup "${path}"`, error);
    }
  }

  /** Removes a group's directories: "busy" when at least one has to be tried again. */
  async remove(path: string): Promise<"gone" | "busy"> {
    const results: string[] = [];
    for (const dir of this.dirsOf(path)) results.push(await this.files.removeDirectory(dir));
    return results.includes("busy") ? "busy" : "gone";
  }

  /** The group's own limits, not those above it; undefined when there is no such group. */
  async limits(path: string): Promise<CgroupLimits | undefined> {
    if (!await this.exists(path)) return undefined;
    const { memory, quota, period } = this.version === 2
      ? await this.#v2Limits(path)
      : await this.#v1Limits(path);
    const memoryBytes = countOf(memory);
    const [quotaUs, periodUs] = [countOf(quota), countOf(period)];
    return {
      ...(memoryBytes === undefined || memoryBytes >= noLimitFromBytes ? {} : { memoryBytes }),
      ...(quotaUs === undefined || !periodUs ? {} : { cpus: Number(quotaUs) / Number(periodUs) }),
    };
  }

  /** Gives group `to` the share of processor time that group `from` has. */
  async copyCpuShare(from: string, to: string): Promise<void> {
    const file = this.version === 2 ? "cpu.weight" : "cpu.shares";
    const dirOf = (path: string) => this.version === 2 ? this.#v2(path) : this.#v1("cpu", path);
    const share = await this.files.read(`${dirOf(from)}/${file}`);
    if (share !== undefined) await this.files.write(`${dirOf(to)}/${file}`, share);
  }

  /** How many processes the kernel has killed there for want of memory. */
  async oomKills(path: string): Promise<number> {
    const text = this.version === 2
      ? await this.files.read(`${this.#v2(path)}/memory.events`)
      : await this.files.read(`${this.#v1("memory", path)}/memory.oom_control`);
    return Number(/^oom_kill (\d+)$/m.exec(text ?? "")?.[1] ?? 0);
  }

  async #v2Limits(path: string) {
    const dir = this.#v2(path);
    const memory = await this.files.read(`${dir}/memory.max`);
    const [quota, period] = (await this.files.read(`${dir}/cpu.max`) ?? "").split(" ");
    return { memory, quota, period };
  }

  async #v1Limits(path: string) {
    const cpu = this.#v1("cpu", path);
    return {
      memory: await this.files.read(`${this.#v1("memory", path)}/memory.limit_in_bytes`),
      quota: await this.files.read(`${cpu}/cpu.cfs_quota_us`),
      period: await this.files.read(`${cpu}/cpu.cfs_period_us`),
    };
  }

  /** A controller that this host does not have, or that is taken, is done without. */
  async #enable(path: string): Promise<void> {
    const dir = this.#v2(path === "" ? "/" : path);
    const available = (await this.files.read(`${dir}/cgroup.controllers`) ?? "").trim().split(" ");
    const enabled = (await this.files.read(`${dir}/cgroup.subtree_control`) ?? "").trim().split(
      " ",
    );
    for (const name of v2Controllers) {
      if (!available.includes(name) || enabled.includes(name)) continue;
      try {
        await this.files.write(`${dir}/cgroup.subtree_control`, `+${name}`);
      } catch (error) {
        // EBUSY: frakti runs in a container whose own processes are in the topmost group.
        if (!(error instanceof Error && /os error 16\b/.test(error.message))) throw error;
      }
    }
  }

  #v1(controller: string, path: string): string | undefined {
    const mounts = this.mounts.filter(({ type, controllers }) =>
      type === "cgroup" && controllers.includes(controller)
    );
    return placeCgroup(path, mounts);
  }

  #v2(path: string): string | undefined {
    return placeCgroup(path, this.mounts.filter(({ type }) => type === "cgroup2"));
  }
}

/** A number of the kernel's; undefined for "max", "-1" and what is not there. */
function countOf(text: string | undefined): bigint | undefined {
  const trimmed = (text ?? "").trim();
  return /^\d+$/.test(trimmed) ? BigInt(trimmed) : undefined;
}
