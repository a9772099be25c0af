/**
 * OOM kills that Docker does not tell of. On control groups v2 containerd loses some: it looks at the
 * container's group, and the group may be gone by then. The pod's group stays and counts what is killed
 * below it; what no container that runs accounts for was killed in the one that has just ended
 * (decision 0077).
 */

import { describe } from "../../lib/errors.ts";
import { KeyedLock } from "../../lib/lock.ts";
import type { Logger } from "../../lib/log.ts";
import {
  type CgroupDirs,
  type CgroupFinder,
  endsIn,
  groupsOf,
  parentOf,
  readOomKills,
  type ReadText,
} from "../../stats/mod.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import type { ContainerPhase } from "./records.ts";

/** What of a container's record matters here. */
export interface PodContainer {
  readonly id: ContainerId;
  readonly sandboxId: SandboxId;
  readonly phase: ContainerPhase;
}

export interface OomKillsParts {
  readonly ledger: {
    readonly sandboxes: {
      get(id: SandboxId): { readonly config: { readonly cgroupParent: string } } | undefined;
    };
    containersOf(id: SandboxId): readonly PodContainer[];
  };
  readonly groups: Pick<CgroupFinder, "find">;
  readonly read: ReadText;
  readonly log: Logger;
}

/** A pod that is watched. */
interface Watched {
  /** Of its pause container. */
  readonly pid: number;
  /** Kills that are accounted for by containers that have ended, or by what was before them. */
  readonly countedKills: number;
}

/** What a pod's group and those of its containers say at a moment. */
interface Account {
  /** Kills that no container accounts for which runs or was accounted for. */
  readonly openKills: number;
  /** Another container ends at the same moment: a kill may be its own. */
  readonly isShared: boolean;
}

/** See the module comment. */
export class OomKills {
  readonly #watched = new Map<SandboxId, Watched>();
  readonly #locks = new KeyedLock<SandboxId>();

  constructor(readonly parts: OomKillsParts) {}

  /** Begins to watch a pod whose pause container is `pid`; what was killed so far is no news. */
  async watch(id: SandboxId, pid: number): Promise<void> {
    await this.#locks.run(id, async () => {
      this.#watched.set(id, { pid, countedKills: 0 });
      await this.#told(id);
    });
  }

  forget(id: SandboxId): void {
    this.#watched.delete(id);
  }

  /**
   * Whether something was killed in this container, which has ended. To be asked once for every end,
   * also where the answer is known: another container's answer depends on it. Without a pod group, as
   * for pods that no kubelet made, it is false. Never rejects.
   */
  async endedBy({ id, sandboxId }: PodContainer): Promise<boolean> {
    return await this.#locks.run(sandboxId, () => this.#told(sandboxId, id));
  }

  /** Never rejects: a file that cannot be read must not hide that a container has ended. */
  async #told(id: SandboxId, ended = ""): Promise<boolean> {
    try {
      return await this.#take(id, ended);
    } catch (error) {
      const { log } = this.parts;
      log.warn("OOM kills of a pod cannot be read", { sandbox: id, error: describe(error) });
      return false;
    }
  }

  async #take(id: SandboxId, ended: string): Promise<boolean> {
    const watched = this.#watched.get(id);
    const account = watched === undefined ? undefined : await this.#account(id, watched, ended);
    if (watched === undefined || account === undefined || account.openKills <= 0) return false;
    const taken = account.isShared && ended !== "" ? 1 : account.openKills;
    this.#watched.set(id, { ...watched, countedKills: watched.countedKills + taken });
    return true;
  }

  async #account(id: SandboxId, watched: Watched, ended: string): Promise<Account | undefined> {
    const parent = this.parts.ledger.sandboxes.get(id)?.config.cgroupParent;
    const own = await this.parts.groups.find(watched.pid);
    if (parent === undefined || own === undefined) return undefined;
    const pod = parentOf(groupsOf(id, own));
    if (!endsIn(pod, parent)) return undefined;
    // First: what is killed from here on is in the others' counts only, and waits for their end.
    const total = await readOomKills(pod, this.parts.read);
    if (total === undefined) return undefined;
    let openKills = total - watched.countedKills;
    let isShared = false;
    for (const record of this.parts.ledger.containersOf(id)) {
      if (record.id === ended || record.phase.state !== "running") continue;
      const group = await this.parts.groups.find(record.phase.pid);
      const kills = group !== undefined && isBelow(group, pod)
        ? await readOomKills(groupsOf(record.id, group), this.parts.read)
        : undefined;
      openKills -= kills ?? 0;
      isShared ||= kills === undefined;
    }
    return { openKills, isShared };
  }
}

/** The pid of a container that has ended may belong to another process by now. */
function isBelow(group: CgroupDirs, pod: CgroupDirs): boolean {
  return group.version === 2 && pod.version === 2 && group.dir.startsWith(`${pod.dir}/`);
}
