/**
 * The control groups of VMs: where one boots, where it lives then, what it has used, and that
 * nothing stays. Remembers nothing: all places follow from the pod's id and its cgroup parent.
 */

import type { Clock } from "../../../lib/clock.ts";
import { describe, FraktiError } from "../../../lib/errors.ts";
import type { Logger } from "../../../lib/log.ts";
import type { CgroupDirs } from "../../../stats/mod.ts";
import type { CgroupLimits } from "../vm/size.ts";
import { parentPath } from "./parent.ts";
import { choosePlacement, type Placement, type PlacementInput } from "./placement.ts";
import type { CgroupTree } from "./tree.ts";

/** Holds the VMs of pods that have no group; frakti's alone. */
const ownRoot = "/frakti";

/** The last threads of a process that was killed leave their group a moment after it. */
const removeTimeoutMs = 10_000;
const retryMs = 20;
const maxTries = 5;

/** A pod, as far as its groups go. */
export interface PodCgroup {
  readonly podId: string;
  /** As the CRI gave it. */
  readonly cgroupParent: string;
}

/** The groups of all VMs. */
export class VmCgroups {
  constructor(
    readonly tree: CgroupTree,
    readonly deps: { readonly clock: Clock; readonly log: Logger },
  ) {}

  /** The limits of the pod's own group; undefined when it has none. */
  async podLimits({ cgroupParent }: PodCgroup): Promise<CgroupLimits | undefined> {
    const path = parentPath(cgroupParent);
    return path === "" ? undefined : await this.tree.limits(path);
  }

  /**
   * Makes the group in which a VM boots, out of reach of the pod's limits, and returns its
   * directories, for the launcher.
   */
  async prepare(pod: PodCgroup): Promise<string[]> {
    const path = await this.#besidePath(pod);
    if (path === ownPath(pod)) await this.#makeOwn(path);
    else await this.tree.make(path);
    return this.tree.dirsOf(path);
  }

  /** Once the guest has booted: moves its QEMU to where it belongs. Repeating it is fine. */
  async settle(
    pod: PodCgroup,
    pid: number,
    input: Omit<PlacementInput, "podLimits">,
  ): Promise<Placement> {
    const podLimits = await this.podLimits(pod);
    const placement = choosePlacement(
      podLimits === undefined ? input : { ...input, podLimits },
    );
    if (placement.place === "pod") {
      const path = belowPath(pod);
      await this.tree.make(path);
      await this.tree.join(path, pid);
    } else if (podLimits !== undefined) {
      await this.#copyShare(pod);
    }
    this.deps.log.debug("VM placed", { pod: pod.podId, ...placement });
    return placement;
  }

  /**
   * Where the VM's use is accounted. After a move what it took while booting may still be in the
   * group it booted in (cgroup v2 never moves it): both count.
   */
  async figures(pod: PodCgroup): Promise<CgroupDirs[]> {
    const found: CgroupDirs[] = [];
    for (const path of candidates(pod)) {
      const dirs = await this.tree.figuresOf(path);
      if (dirs !== undefined) found.push(dirs);
    }
    return found;
  }

  /** How often the kernel has killed the VM for want of memory. */
  async oomKills(pod: PodCgroup): Promise<number> {
    let count = 0;
    for (const path of candidates(pod)) count += await this.tree.oomKills(path);
    return count;
  }

  /**
   * Removes the VM's groups once its process is gone. Absence is success.
   * @throws FraktiError DeadlineExceeded when something is still in one of them.
   */
  async remove(pod: PodCgroup): Promise<void> {
    const untilMs = this.deps.clock.monotonicMs() + removeTimeoutMs;
    for (const path of candidates(pod)) {
      while (await this.tree.remove(path) === "busy") {
        if (this.deps.clock.monotonicMs() > untilMs) {
          throw new FraktiError(
            "DeadlineExceeded",
            `Cgroup "${path}" cannot be removed: it is in use`,
          );
        }
        await this.deps.clock.sleep(retryMs);
      }
    }
    await this.tree.remove(ownRoot); // Busy while other VMs are in it.
  }

  /** Beside the pod's group, so that the node's share for pods holds it; else in frakti's own. */
  async #besidePath(pod: PodCgroup): Promise<string> {
    const beside = besidePath(pod);
    if (beside === undefined) return ownPath(pod);
    const above = beside.slice(0, beside.lastIndexOf("/"));
    return await this.tree.exists(above) ? beside : ownPath(pod);
  }

  /** The end of the last other VM may take the group above away in between. */
  async #makeOwn(path: string): Promise<void> {
    for (let tries = 1;; tries++) {
      await this.tree.make(ownRoot);
      try {
        return await this.tree.make(path);
      } catch (error) {
        if (tries === maxTries || await this.tree.exists(ownRoot)) throw error;
      }
    }
  }

  async #copyShare(pod: PodCgroup): Promise<void> {
    try {
      await this.tree.copyCpuShare(parentPath(pod.cgroupParent), await this.#besidePath(pod));
    } catch (error) {
      const fields = { pod: pod.podId, error: describe(error) };
      this.deps.log.debug("Cannot give a VM its pod's share of processor time", fields);
    }
  }
}

function candidates(pod: PodCgroup): string[] {
  const hasParent = parentPath(pod.cgroupParent) !== "";
  const beside = besidePath(pod);
  return [
    ...(hasParent ? [belowPath(pod)] : []),
    ...(beside === undefined ? [] : [beside]),
    ownPath(pod),
  ];
}

function nameOf({ podId }: PodCgroup): string {
  return `frakti-${podId}`;
}

function belowPath(pod: PodCgroup): string {
  return `${parentPath(pod.cgroupParent)}/${nameOf(pod)}`;
}

/** undefined for a pod whose group is topmost: the root of the tree is not for VMs. */
function besidePath(pod: PodCgroup): string | undefined {
  const parent = parentPath(pod.cgroupParent);
  const above = parent.slice(0, parent.lastIndexOf("/"));
  return above === "" ? undefined : `${above}/${nameOf(pod)}`;
}

function ownPath({ podId }: PodCgroup): string {
  return `${ownRoot}/${podId}`;
}
