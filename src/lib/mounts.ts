/**
 * Bind mounts made on the host, by mount(8). What is mounted is asked of the kernel's table, never
 * remembered, so that a frakti that was killed finds its own mounts again.
 */

import { internal } from "./errors.ts";
import { isMissing, readTextIfExists } from "./files.ts";
import { type MountPoint, mountPoints } from "./mountinfo.ts";
import type { ProcessRunner } from "./process.ts";
import { runTool } from "./tool.ts";

/** Some 200 bytes a mount; nodes have a few thousand. */
const maxMountInfoBytes = 64 * 1024 * 1024;

/** Stacked mounts come from crashes between looking and mounting; more than a few are a fault. */
const maxStackedMounts = 8;

/** Options of a mount that a remount takes away unless they are named (mount(2)). */
const keptOptions = new Set([
  "nosuid",
  "nodev",
  "noexec",
  "noatime",
  "nodiratime",
  "relatime",
  "nosymfollow",
]);

export interface StagedBind {
  readonly source: string;
  readonly target: string;
  readonly stage: string;
  /** Nobody can write there, in no namespace; what arrives later is as the host has made it. */
  readonly isReadOnly: boolean;
  /** Does what the host mounts below the source later arrive? Nothing gets back in any case. */
  readonly receives: boolean;
  /** A path below the source whose mounts are not taken along. */
  readonly leaveOut?: string;
}

/** The mounts that this process sees. Paths are absolute. */
export class Mounts {
  constructor(readonly processes: ProcessRunner) {}

  /** The table, oldest first. */
  async list(): Promise<MountPoint[]> {
    return mountPoints(await readTextIfExists("/proc/self/mountinfo", maxMountInfoBytes) ?? "");
  }

  /**
   * Makes the directory `path` a mount whose later mounts reach the namespaces that were copied from this one, as
   * those of running VMs. Nothing happens when it is one already.
   */
  async makeShared(path: string): Promise<void> {
    const dir = await Deno.realPath(path);
    const mount = (await this.list()).findLast((candidate) => candidate.path === dir);
    if (mount?.isShared) return;
    if (mount === undefined) await this.#tool("mount", ["--bind", dir, dir]);
    await this.#tool("mount", ["--make-shared", dir]);
  }

  /** Mounts the file `source` on the file `target`. */
  bindFile(source: string, target: string): Promise<void> {
    return this.#tool("mount", ["-o", "bind,private", source, target]);
  }

  /**
   * Mounts `source`, with the mounts below it, on `target`, which must be there and of the same
   * kind. The kernel passes a mount on as it is made and only then makes it read-only or private,
   * which it does not pass on: so it is made elsewhere, on `stage` (an empty file or directory, as
   * the source is), and bound from there, and no namespace ever sees it otherwise.
   */
  async bindStaged(bind: StagedBind): Promise<void> {
    const { source, target, stage, isReadOnly, receives, leaveOut } = bind;
    const propagation = receives ? "rslave" : "rprivate";
    await this.#tool("mount", ["-o", `rbind,${propagation}`, source, stage]);
    try {
      if (leaveOut !== undefined) await this.unmount(`${stage}${leaveOut}`);
      if (isReadOnly) await this.#makeReadOnly(stage);
      await this.#tool("mount", ["--rbind", stage, target]);
    } finally {
      await this.unmount(stage);
    }
  }

  /** What is mounted on `top` and below it. A mount keeps its other options. */
  async #makeReadOnly(top: string): Promise<void> {
    const real = await Deno.realPath(top);
    for (const { path, options } of await this.list()) {
      if (path !== real && !path.startsWith(`${real}/`)) continue;
      if (options.includes("ro")) continue;
      const kept = options.filter((option) => keptOptions.has(option));
      await this.#tool("mount", ["-o", ["remount", "bind", "ro", ...kept].join(), path]);
    }
  }

  /** Unmounts what is on `target`, and below it. Absence is success. */
  async unmount(target: string): Promise<void> {
    // The kernel's table has paths without symbolic links (/var/run is one).
    const cut = target.lastIndexOf("/");
    const above = await realPathIfExists(target.slice(0, cut));
    if (above === undefined) return;
    await this.#unmountReal(`${above}${target.slice(cut)}`);
  }

  async #unmountReal(target: string): Promise<void> {
    for (let tries = 0;; tries++) {
      const below = (await this.list()).filter(({ path }) =>
        path === target || path.startsWith(`${target}/`)
      );
      if (below.length === 0) return;
      if (tries === maxStackedMounts) {
        throw internal(`Cannot unmount "${target}": it is mounted more than ${tries} times`);
      }
      for (const { path } of below.reverse()) await this.#unmountOnce(path);
    }
  }

  /** Lazily: what a process still holds open must not keep the pod from going. */
  async #unmountOnce(path: string): Promise<void> {
    try {
      await this.#tool("umount", ["--lazy", "--no-canonicalize", path]);
    } catch (error) {
      // Lazily unmounting a parent has taken this one with it.
      if ((await this.list()).some((mount) => mount.path === path)) throw error;
    }
  }

  async #tool(command: string, args: readonly string[]): Promise<void> {
    await runTool(this.processes, command, args);
  }
}

async function realPathIfExists(path: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
