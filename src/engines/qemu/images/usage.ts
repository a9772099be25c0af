/**
 * How much of the disk the store uses: its files, counted. Kubelets ask every ten seconds; an
 * answer is good until images come or go.
 */

import type { Clock } from "../../../lib/clock.ts";
import { isMissing } from "../../../lib/files.ts";
import type { FilesystemUsage } from "../../domain.ts";
import type { StoreLayout } from "./layout.ts";

const blockBytes = 512;

export class StoreUsage {
  #known: { readonly usedBytes: bigint; readonly inodesUsed: bigint } | undefined;

  constructor(readonly layout: StoreLayout, readonly clock: Clock) {}

  /** Images came or went. */
  invalidate(): void {
    this.#known = undefined;
  }

  async read(): Promise<FilesystemUsage> {
    const { blobs, disks, records, root } = this.layout;
    if (this.#known === undefined) {
      const parts = await Promise.all([`${blobs}/sha256`, disks, records].map(usageOfFlatDir));
      this.#known = {
        usedBytes: parts.reduce((sum, part) => sum + part.usedBytes, 0n),
        inodesUsed: parts.reduce((sum, part) => sum + part.inodesUsed, 0n),
      };
    }
    return { timestampNs: this.clock.nowNs(), mountpoint: root, ...this.#known };
  }
}

/** Allocated bytes and inodes of the files in a directory. */
export async function usageOfFlatDir(
  dir: string,
): Promise<{ readonly usedBytes: bigint; readonly inodesUsed: bigint }> {
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
