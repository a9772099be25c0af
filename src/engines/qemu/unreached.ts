/**
 * Pods whose VMs run, but could not be reached when frakti was started again: each is tried until it
 * is found or has ended (docs/decisions/0146-vms-that-cannot-be-reached.md). Until then nothing is
 * made or removed in it.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe, unavailable } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { SandboxId } from "../ids.ts";

const firstRetryMs = 1_000;
const maxRetryMs = 60_000;

export class UnreachedPods {
  readonly #stop = new AbortController();
  readonly #searches = new Map<SandboxId, Promise<void>>();

  constructor(readonly parts: { readonly clock: Clock; readonly log: Logger }) {}

  has(id: SandboxId): boolean {
    return this.#searches.has(id);
  }

  /** @throws FraktiError Unavailable while the pod's VM is looked for. */
  assertReached(id: SandboxId): void {
    if (!this.has(id)) return;
    throw unavailable(`The VM of sandbox "${id}" runs but cannot be reached at the moment`);
  }

  /** Calls `find` ever more seldom until it resolves, which ends the search; the first time later. */
  search(id: SandboxId, find: (signal: AbortSignal) => Promise<void>): void {
    if (this.has(id) || this.#stop.signal.aborted) return;
    this.#searches.set(id, this.#search(id, find).finally(() => this.#searches.delete(id)));
  }

  /** Ends all searches; resolves when none is under way any more. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#searches.values());
  }

  /** Never rejects. */
  async #search(id: SandboxId, find: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, log } = this.parts;
    const { signal } = this.#stop;
    for (let retryMs = firstRetryMs;; retryMs = Math.min(maxRetryMs, retryMs * 2)) {
      await clock.sleep(retryMs, signal);
      if (signal.aborted) return;
      try {
        return await find(signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn("VM cannot be reached", { sandbox: id, error: describe(error) });
      }
    }
  }
}
