/**
 * Tells when something in the configuration directory may have changed. Only a hint that saves
 * waiting for the next look: events can be lost (directory replaced, symbolic links, watches used
 * up), and whoever is told looks for himself.
 */

import { describe } from "../lib/errors.ts";
import { statIfExists } from "../lib/files.ts";
import type { Logger } from "../lib/log.ts";

/** Starts watching a directory; the returned function ends that. */
export type WatchDir = (
  dir: string,
  onChange: () => void,
  onEnd: (error?: unknown) => void,
) => () => void;

/** inotify through Deno. */
export const watchDir: WatchDir = (dir, onChange, onEnd) => {
  const watcher = Deno.watchFs(dir, { recursive: false });
  let isClosed = false;
  const follow = async () => {
    for await (const event of watcher) {
      if (event.kind !== "access") onChange();
    }
  };
  follow().then(() => onEnd(), onEnd);
  return () => {
    if (isClosed) return;
    isClosed = true;
    try {
      watcher.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error; // It ended by itself.
    }
  };
};

/** Inode numbers are used again soon after a directory is removed, birth times are not. */
function identityOf(info: Deno.FileInfo): string {
  return `${info.dev}:${info.ino}:${info.birthtime?.getTime() ?? 0}`;
}

/** Keeps a watch on whatever directory is at a path now. */
export class ConfWatcher {
  #watched: string | undefined;
  #stop: (() => void) | undefined;
  #hasWarned = false;

  constructor(
    readonly dir: string,
    readonly onChange: () => void,
    readonly deps: { readonly watch: WatchDir; readonly log: Logger },
  ) {}

  /** Watches the directory that is there now, if it is not watched yet. Never throws. */
  async refresh(): Promise<void> {
    const info = await statIfExists(this.dir).catch(() => undefined); // Unreadable is as absent.
    const identity = info?.isDirectory ? identityOf(info) : undefined;
    if (identity === this.#watched) return;
    this.close();
    if (identity === undefined) return;
    try {
      this.#stop = this.deps.watch(
        this.dir,
        this.onChange,
        (error) => this.#ended(identity, error),
      );
      this.#watched = identity;
    } catch (error) {
      this.#warn(error);
    }
  }

  close(): void {
    this.#watched = undefined;
    this.#stop?.();
    this.#stop = undefined;
  }

  #ended(identity: string, error: unknown): void {
    if (this.#watched !== identity) return;
    this.close();
    if (error !== undefined) this.#warn(error);
    this.onChange();
  }

  #warn(error: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.deps.log.warn("Cannot watch the CNI configuration; looking at it every few seconds", {
      dir: this.dir,
      error: describe(error),
    });
  }
}
