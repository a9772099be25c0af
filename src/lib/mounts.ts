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

/** How a bind mount differs from a plain one. */
export interface BindOptions {
  readonly isReadOnly?: boolean;
  /** With the mounts below the source. The read-only option reaches only the topmost. */
  readonly isRecursive?: boolean;
}

/** The mounts that this process sees. Paths are absolute and without symbolic links. */
export class Mounts {
  constructor(readonly processes: ProcessRunner) {}

  /** The table, oldest first. */
  async list(): Promise<MountPoint[]> {
    return mountPoints(await readTextIfExists("/proc/self/mountinfo", maxMountInfoBytes) ?? "");
  }

  /**
   * Makes `dir` a mount whose later mounts reach the namespaces that were copied from this one, as
   * those of running VMs. Nothing happens when it is one already.
   */
  async makeShared(dir: string): Promise<void> {
    const mount = (await this.list()).findLast((candidate) => candidate.path === dir);
    if (mount?.isShared) return;
    if (mount === undefined) await this.#tool("mount", ["--bind", dir, dir]);
    await this.#tool("mount", ["--make-shared", dir]);
  }

  /** Mounts `source` on `target`, which must be there and of the same kind. */
  bind(source: string, target: string, options: BindOptions = {}): Promise<void> {
    const kind = options.isRecursive ? "rbind" : "bind";
    // A bind of its own takes over the source's "shared": unmounts below it would reach the source.
    const flags = [kind, options.isReadOnly ? "ro" : "", options.isRecursive ? "rslave" : "slave"];
    return this.#tool("mount", [
      "-o",
      flags.filter((flag) => flag !== "").join(","),
      source,
      target,
    ]);
  }

  /** Unmounts what is on `target`, and below it. Absence is success. */
  async unmount(target: string): Promise<void> {
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

/** The directory's path as the kernel's table has it; undefined when there is none. */
export async function realDir(dir: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(dir);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
