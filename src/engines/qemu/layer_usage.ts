/**
 * What writable layers use, by walks through them, which are work for the guest: while it walks, it
 * does little else. So a walk's answer is good for a while, and so is its failure: a layer that is too
 * large for the time of a walk must not be walked at every poll of a kubelet's.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { FilesystemUsage } from "../domain.ts";
import type { ContainerId } from "../ids.ts";

/** What a walk has found. */
export interface LayerTree {
  readonly usedBytes: bigint;
  readonly inodes: bigint;
}

export interface LayerUsagesParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** The node's file system that the layers lie in. */
  readonly mountpoint: string;
}

interface Layer {
  /** Of the last walk that came to its end. */
  readonly usage: FilesystemUsage | undefined;
  readonly takenAtMs: number;
}

const freshMs = 60_000;

export class LayerUsages {
  readonly #layers = new Map<ContainerId, Layer>();
  readonly #walks = new Map<ContainerId, Promise<FilesystemUsage | undefined>>();

  constructor(readonly parts: LayerUsagesParts) {}

  /** The newest figure, which `walk` takes when it is due; undefined when no walk has succeeded. */
  async of(id: ContainerId, walk: () => Promise<LayerTree>): Promise<FilesystemUsage | undefined> {
    const known = this.#layers.get(id);
    const ageMs = this.parts.clock.monotonicMs() - (known?.takenAtMs ?? Number.NEGATIVE_INFINITY);
    if (ageMs < freshMs) return known?.usage;
    const walking = this.#walks.get(id) ?? this.#walk(id, walk);
    // Who polls need not wait for the walk; who asks once in a while must not get an old figure.
    return ageMs < 2 * freshMs && known?.usage !== undefined ? known.usage : await walking;
  }

  forget(id: ContainerId): void {
    this.#layers.delete(id);
    this.#walks.delete(id);
  }

  #walk(id: ContainerId, walk: () => Promise<LayerTree>): Promise<FilesystemUsage | undefined> {
    const { clock, log, mountpoint } = this.parts;
    const walking = walk().then(
      ({ usedBytes, inodes }) => ({
        timestampNs: clock.nowNs(),
        mountpoint,
        usedBytes,
        inodesUsed: inodes,
      }),
      (error) => {
        log.info("Writable layer cannot be measured", { container: id, error: describe(error) });
        return this.#layers.get(id)?.usage;
      },
    ).then((usage) => {
      if (this.#walks.get(id) === walking) { // Nobody has forgotten it meanwhile.
        this.#walks.delete(id);
        this.#layers.set(id, { usage, takenAtMs: clock.monotonicMs() });
      }
      return usage;
    });
    this.#walks.set(id, walking);
    return walking;
  }
}
