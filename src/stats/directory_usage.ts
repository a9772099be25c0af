/**
 * How much a directory tree holds. Walking one is work, so it is done by `du`, seldom, one tree at
 * a time, and callers get the last answer meanwhile: size scans of every container on every call
 * once kept Docker's shim at two full cores (Mirantis/cri-dockerd issue 135).
 */

import type { Clock } from "../lib/clock.ts";
import { Semaphore } from "../lib/lock.ts";
import type { ProcessRunner } from "../lib/process.ts";

/** What a walk through a tree has found: allocated bytes, and inodes with its own directory's. */
export interface WalkedTree {
  readonly bytes: bigint;
  readonly inodes: bigint;
}

export interface TreeUsage extends WalkedTree {
  readonly timeNs: bigint;
}

/** An answer is good for this long; a kubelet decides on evictions by minutes. */
const freshMs = 60_000;

/** A tree that takes longer is left out until the next try. */
const walkTimeoutMs = 30_000;

/** How long a caller waits for the first answer about a tree. */
const firstAnswerMs = 3_000;

const treesAtOnce = 1;

interface Entry {
  usage?: TreeUsage;
  takenAtMs: number;
  running?: Promise<void>;
}

/** See the module comment. */
export class DirectoryUsage {
  readonly #entries = new Map<string, Entry>();
  readonly #walks = new Semaphore(treesAtOnce);

  constructor(readonly deps: { readonly clock: Clock; readonly processes: ProcessRunner }) {}

  /** The last answer, a new one when that is old and quick to get; undefined when there is none. */
  async usage(path: string): Promise<TreeUsage | undefined> {
    const entry = this.#entries.get(path) ?? { takenAtMs: Number.NEGATIVE_INFINITY };
    this.#entries.set(path, entry);
    const isFresh = this.deps.clock.monotonicMs() - entry.takenAtMs < freshMs;
    if (!isFresh) entry.running ??= this.#refresh(path, entry);
    if (entry.usage === undefined && entry.running !== undefined) {
      const waiting = new AbortController();
      await Promise.race([
        entry.running,
        this.deps.clock.sleep(firstAnswerMs, waiting.signal),
      ]);
      waiting.abort();
    }
    return entry.usage;
  }

  /** The tree is gone. */
  forget(path: string): void {
    this.#entries.delete(path);
  }

  async #refresh(path: string, entry: Entry): Promise<void> {
    try {
      await this.#walks.run(async () => {
        const tree = await walkTree(this.deps.processes, path);
        if (tree !== undefined) entry.usage = { timeNs: this.deps.clock.nowNs(), ...tree };
      });
    } finally {
      entry.takenAtMs = this.deps.clock.monotonicMs();
      delete entry.running;
    }
  }
}

/** Walks through a tree now; undefined when that takes too long or cannot be. */
export async function walkTree(
  processes: ProcessRunner,
  path: string,
): Promise<WalkedTree | undefined> {
  const bytes = await du(processes, ["--block-size=1", path]);
  const inodes = await du(processes, ["--inodes", path]);
  return bytes === undefined || inodes === undefined ? undefined : { bytes, inodes };
}

/** The total that `du` prints; files that vanish meanwhile make its exit code 1, no matter. */
async function du(processes: ProcessRunner, args: readonly string[]): Promise<bigint | undefined> {
  const result = await processes.run({
    command: "du",
    args: ["--summarize", "--one-file-system", ...args],
    timeoutMs: walkTimeoutMs,
  }).catch(() => undefined); // Without du there is no answer; everything else works.
  if (result === undefined || result.timedOut) return undefined;
  const total = /^(\d{1,20})\s/.exec(new TextDecoder().decode(result.stdout))?.[1];
  return total === undefined ? undefined : BigInt(total);
}
