/**
 * How much of the disk images use. Asking Docker can take minutes on a full node, and kubelets ask
 * every ten seconds: one question at a time, and its answer is good for a while.
 */

import { statfs } from "node:fs/promises";
import type { Clock } from "../../../lib/clock.ts";
import { describe } from "../../../lib/errors.ts";
import type { Logger } from "../../../lib/log.ts";
import type { ImageFsInfo } from "../../domain.ts";
import type { DockerClient } from "../client/mod.ts";

/** Inodes of a file system, from statfs. */
export interface InodeCounts {
  readonly total: bigint;
  readonly free: bigint;
}

export interface FsUsageOptions {
  readonly client: DockerClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** @default statfs of the host */
  readonly inodesOf?: (path: string) => Promise<InodeCounts>;
}

const freshMs = 30_000;
/** How long a caller waits for a new figure while an old one is at hand. */
const patienceMs = 2_000;

interface Sample {
  readonly rootDir: string;
  readonly usedBytes: bigint;
  readonly takenAtMs: number;
}

/** The image file system of one engine. */
export class ImageFsUsage {
  #sample: Sample | undefined;
  #asking: Promise<Sample> | undefined;
  #rootDir: string | undefined;

  constructor(readonly options: FsUsageOptions) {}

  /** Images and writable layers lie on one file system: both lists name it. */
  async read(): Promise<ImageFsInfo> {
    const { clock, inodesOf = systemInodes } = this.options;
    const sample = await this.#current();
    const inodes = await inodesOf(sample.rootDir);
    const usage = {
      timestampNs: clock.nowNs(),
      mountpoint: sample.rootDir,
      usedBytes: sample.usedBytes,
      inodesUsed: inodes.total - inodes.free,
    };
    return { imageFilesystems: [usage], containerFilesystems: [usage] };
  }

  /** What was asked for before is out of date: images came or went. */
  invalidate(): void {
    if (this.#sample !== undefined) this.#sample = { ...this.#sample, takenAtMs: -freshMs };
  }

  async #current(): Promise<Sample> {
    const { clock, log } = this.options;
    const known = this.#sample;
    if (known !== undefined && clock.monotonicMs() - known.takenAtMs < freshMs) return known;
    this.#asking ??= this.#ask().finally(() => this.#asking = undefined);
    const asking = this.#asking;
    if (known === undefined) return await asking;
    const patience = new AbortController();
    const fresh = asking.catch((error) => {
      log.warn("Docker's disk usage could not be read", { error: describe(error) });
      return known;
    });
    const late = clock.sleep(patienceMs, patience.signal).then(() => known);
    try {
      return await Promise.race([fresh, late]);
    } finally {
      patience.abort();
    }
  }

  async #ask(): Promise<Sample> {
    const { client, clock } = this.options;
    this.#rootDir ??= (await client.info()).rootDir;
    const sample = {
      rootDir: this.#rootDir,
      usedBytes: await usedBytes(client),
      takenAtMs: clock.monotonicMs(),
    };
    this.#sample = sample;
    return sample;
  }
}

/** Layers counted once where the engine can tell, else every image in full. */
async function usedBytes(client: DockerClient): Promise<bigint> {
  const images = await client.images.list({ sharedSize: true });
  const isShared = images.every((image) => image.sharedBytes !== undefined);
  if (images.length > 0 && isShared) return withoutSharing(images);
  const { layersBytes } = await client.diskUsage().catch(() => ({ layersBytes: undefined }));
  return layersBytes ?? images.reduce((sum, image) => sum + image.sizeBytes, 0n);
}

/** What is an image's own, and each amount that several share once. */
function withoutSharing(
  images: readonly { readonly sizeBytes: bigint; readonly sharedBytes?: bigint }[],
): bigint {
  const shared = new Set<bigint>();
  let sum = 0n;
  for (const { sizeBytes, sharedBytes = 0n } of images) {
    sum += sizeBytes - sharedBytes;
    shared.add(sharedBytes);
  }
  for (const amount of shared) sum += amount;
  return sum;
}

async function systemInodes(path: string): Promise<InodeCounts> {
  const { files, ffree } = await statfs(path, { bigint: true });
  return { total: files, free: ffree };
}
