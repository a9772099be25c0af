/**
 * How much of the disk the store uses: its files, counted. Kubelets ask every ten seconds; an
 * answer is good until images come or go. While one is fetched or unpacked the store grows all the
 * time: then an answer is good for a moment only.
 */

import type { Clock } from "../../../lib/clock.ts";
import { isMissing } from "../../../lib/files.ts";
import type { ProcessRunner } from "../../../lib/process.ts";
import { walkTree } from "../../../stats/mod.ts";
import type { FilesystemUsage } from "../../domain.ts";
import type { StoreLayout } from "./layout.ts";

export interface StoreUsageParts {
  readonly layout: StoreLayout;
  readonly clock: Clock;
  readonly processes: ProcessRunner;
  /** Something is being fetched, unpacked or handed out. */
  readonly isWorking: () => boolean;
}

interface Figures {
  readonly usedBytes: bigint;
  readonly inodesUsed: bigint;
}

interface Count {
  readonly figures: Figures;
  /** Nothing was under way: it is good until images come or go. */
  readonly isSettled: boolean;
  readonly goodUntilMs: number;
}

const blockBytes = 512;

/** How long a count is good while work is under way. */
const freshMs = 1_000;

/** So many times longer than it took: trees of 100,000 files must not be counted all the time. */
const restFactor = 10;

export class StoreUsage {
  #known: Count | undefined;
  #counting: Promise<Figures> | undefined;
  /** Grows when images come or go: a count that began before may have missed it. */
  #generation = 0;

  constructor(readonly parts: StoreUsageParts) {}

  /** Images came or went, or work has ended. */
  invalidate(): void {
    this.#generation++;
    this.#known = undefined;
  }

  async read(): Promise<FilesystemUsage> {
    const { clock, layout } = this.parts;
    const figures = await this.#figures();
    return { timestampNs: clock.nowNs(), mountpoint: layout.root, ...figures };
  }

  async #figures(): Promise<Figures> {
    for (;;) {
      const known = this.#good();
      if (known !== undefined) return known;
      if (this.#counting === undefined) {
        this.#counting = this.#count().finally(() => this.#counting = undefined);
        return await this.#counting;
      }
      // One count at a time. It has served this caller too, unless something changed meanwhile.
      await this.#counting;
    }
  }

  #good(): Figures | undefined {
    if (this.#known === undefined) return undefined;
    const { figures, isSettled, goodUntilMs } = this.#known;
    const isGood = isSettled && !this.parts.isWorking() ||
      this.parts.clock.monotonicMs() < goodUntilMs;
    return isGood ? figures : undefined;
  }

  async #count(): Promise<Figures> {
    const { layout: { blobs, disks, records, work }, clock, isWorking } = this.parts;
    const generation = this.#generation;
    const startedMs = clock.monotonicMs();
    const [underWay, ...parts] = await Promise.all([
      this.#underWay(work),
      ...[`${blobs}/sha256`, disks, records].map(usageOfFlatDir),
    ]);
    const figures = sum(underWay === undefined ? parts : [underWay, ...parts]);
    if (generation === this.#generation) {
      const nowMs = clock.monotonicMs();
      this.#known = {
        figures,
        isSettled: underWay === undefined && !isWorking(),
        goodUntilMs: nowMs + Math.max(freshMs, (nowMs - startedMs) * restFactor),
      };
    }
    return figures;
  }

  /** What lies in the directories of work; undefined when there are none. */
  async #underWay(work: string): Promise<Figures | undefined> {
    if (await isEmpty(work)) return undefined;
    const tree = await walkTree(this.parts.processes, work);
    return { usedBytes: tree?.bytes ?? 0n, inodesUsed: tree?.inodes ?? 0n };
  }
}

function sum(parts: readonly Figures[]): Figures {
  return {
    usedBytes: parts.reduce((total, part) => total + part.usedBytes, 0n),
    inodesUsed: parts.reduce((total, part) => total + part.inodesUsed, 0n),
  };
}

/** Nothing is in it, or it is not there: that must not take the other figures away. */
async function isEmpty(dir: string): Promise<boolean> {
  try {
    for await (const _entry of Deno.readDir(dir)) return false;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return true;
}

/** Allocated bytes and inodes of the files in a directory. */
export async function usageOfFlatDir(dir: string): Promise<Figures> {
  let usedBytes = 0n;
  let inodesUsed = 1n;
  try {
    for await (const { name } of Deno.readDir(dir)) {
      const info = await Deno.lstat(`${dir}/${name}`).catch((error) => {
        if (!isMissing(error)) throw error;
      });
      if (info === undefined) continue;
      inodesUsed++;
      usedBytes += BigInt((info.blocks ?? 0) * blockBytes);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return { usedBytes, inodesUsed };
}
