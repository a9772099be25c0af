/**
 * Network namespaces with names: made, pinned to a path so that they outlive their processes, and
 * released. A name is a file below the netns directory on which the namespace is mounted. Callers
 * release a name only after CNI DEL has run in it.
 */

import { failedPrecondition, invalidArgument, wrap } from "../lib/errors.ts";
import { isMissing, removeIfExists, statIfExists } from "../lib/files.ts";
import { KeyedLock } from "../lib/lock.ts";
import type { ProcessRunner } from "../lib/process.ts";
import { Mounts } from "../lib/mounts.ts";
import { runTool } from "../lib/tool.ts";

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** What names of frakti's begin with; orphans are looked for by it. */
export const netnsPrefix = "frakti-";

/** A name in the directory; `mounted` is false for a file that a crash left without a namespace. */
export interface PinnedNetns {
  readonly name: string;
  readonly path: string;
  readonly mounted: boolean;
}

/** The name under which a pod's namespace is pinned. */
export function netnsName(podId: string): string {
  return `${netnsPrefix}${podId.slice(0, 12)}`;
}

/** The netns directory. */
export class Namespaces {
  readonly #locks = new KeyedLock();
  readonly #mounts: Mounts;

  constructor(readonly dir: string, readonly processes: ProcessRunner) {
    this.#mounts = new Mounts(processes);
  }

  /** @throws FraktiError InvalidArgument when `name` cannot be a name. */
  pathOf(name: string): string {
    if (!namePattern.test(name)) throw invalidArgument(`Namespace name "${name}" is malformed`);
    return `${this.dir}/${name}`;
  }

  /** Makes a namespace with `lo` up and returns its path. A namespace of that name is replaced. */
  create(name: string): Promise<string> {
    return this.#replace(name, (path) =>
      // unshare mounts the new namespace on the file; `ip` then runs inside it.
      this.#tool("unshare", [`--net=${path}`, "ip", "link", "set", "lo", "up"]));
  }

  /**
   * Mounts the network namespace of process `pid` on the name and returns its path. Nothing
   * happens when it is there already; another namespace of that name is replaced.
   * @throws FraktiError FailedPrecondition when the process is gone or has the host's network.
   */
  async pin(pid: number, name: string): Promise<string> {
    const source = `/proc/${pid}/ns/net`;
    const wanted = await statIfExists(source);
    if (wanted === undefined) throw failedPrecondition(`Process ${pid} is gone`);
    if (await netnsKind(source) !== "pod") {
      throw failedPrecondition(`Process ${pid} has the host's network namespace`);
    }
    const path = this.pathOf(name);
    const present = await statIfExists(path);
    if (present?.ino === wanted.ino && present.dev === wanted.dev) return path;
    return await this.#replace(name, async () => {
      await this.#tool("mount", ["--bind", source, path]);
      if ((await statIfExists(path))?.ino !== wanted.ino) {
        throw failedPrecondition(`Process ${pid} ended meanwhile`);
      }
    });
  }

  /** Unmounts a name and removes its file. Absence is success. */
  unpin(name: string): Promise<void> {
    const path = this.pathOf(name);
    return this.#locks.run(name, () => this.#release(path));
  }

  /** True when a namespace is mounted on the name. */
  async isPinned(name: string): Promise<boolean> {
    return await netnsKind(this.pathOf(name)) !== "none";
  }

  /** What the directory holds under names with this prefix, crash leftovers included. */
  async list(prefix: string): Promise<PinnedNetns[]> {
    const found: PinnedNetns[] = [];
    try {
      for await (const { name } of Deno.readDir(this.dir)) {
        if (!name.startsWith(prefix) || !namePattern.test(name)) continue;
        const path = this.pathOf(name);
        found.push({ name, path, mounted: await netnsKind(path) !== "none" });
      }
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return found.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** Brings `lo` up in the namespace at `path`. */
  bringLoopbackUp(path: string): Promise<void> {
    return bringLoopbackUpIn(path, this.processes);
  }

  #replace(name: string, mount: (path: string) => Promise<void>): Promise<string> {
    const path = this.pathOf(name);
    return this.#locks.run(name, async () => {
      await this.#prepareDir();
      await this.#release(path);
      try {
        const file = await Deno.open(path, { write: true, createNew: true, mode: 0o400 });
        file.close();
        await mount(path);
      } catch (error) {
        await this.#release(path);
        throw wrap(`Cannot pin a network namespace at "${path}"`, error);
      }
      return path;
    });
  }

  async #release(path: string): Promise<void> {
    await this.#mounts.unmount(path);
    await removeIfExists(path);
  }

  /**
   * Makes the directory a shared mount, as `ip netns` does: else an unmount here leaves the
   * namespace alive in every mount namespace that was copied while it was mounted.
   */
  #prepareDir(): Promise<void> {
    return this.#locks.run("", async () => {
      await Deno.mkdir(this.dir, { recursive: true, mode: 0o755 });
      await this.#mounts.makeShared(this.dir);
    });
  }

  async #tool(command: string, args: readonly string[]): Promise<void> {
    await runTool(this.processes, command, args);
  }
}

/** Brings `lo` up in the namespace at `path`. */
export async function bringLoopbackUpIn(path: string, processes: ProcessRunner): Promise<void> {
  await runTool(processes, "nsenter", [`--net=${path}`, "ip", "link", "set", "lo", "up"]);
}

/**
 * What is at `path`: a network namespace of its own, the one frakti itself runs in, or none
 * (nothing, or the file that a crash or reboot left). All namespaces share one device.
 */
export async function netnsKind(path: string): Promise<"pod" | "host" | "none"> {
  const info = await statIfExists(path);
  const host = await Deno.stat("/proc/self/ns/net");
  if (info === undefined || info.dev !== host.dev) return "none";
  return info.ino === host.ino ? "host" : "pod";
}
