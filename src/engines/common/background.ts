/**
 * Work on pods that no call waits for: giving back what pods held that ended while frakti was away.
 * CNI plugins may hang, above all after a reboot: the daemon behind them is often a pod itself, which
 * a kubelet can only run once frakti answers. So nothing that needs a plugin may come before that.
 */

import { type Clock, withDeadline } from "../../lib/clock.ts";
import { describe } from "../../lib/errors.ts";
import { type KeyedLock, Semaphore } from "../../lib/lock.ts";
import type { Logger } from "../../lib/log.ts";

/** Few: calls that a kubelet waits for use the same plugins at the same time. */
const atOnce = 3;

/** At the end, for what is in the middle of something; then it is told to stop, and has as long. */
const graceMs = 5_000;

/** One engine's. */
export class BackgroundWork {
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #slots = new Semaphore(atOnce);
  readonly #stop = new AbortController();
  #isClosing = false;

  constructor(
    readonly deps: { readonly clock: Clock; readonly log: Logger; readonly locks: KeyedLock },
  ) {}

  /**
   * Begins work on a sandbox, unless some is under way; a failure is logged. It has the sandbox's lock,
   * but not before its turn: calls must not wait for what waits.
   */
  begin(sandbox: string, work: (signal: AbortSignal) => Promise<void>): void {
    if (this.#isClosing || this.isUnderWay(sandbox)) return;
    const done = this.#run(sandbox, work).finally(() => this.#underWay.delete(sandbox));
    this.#underWay.set(sandbox, done);
  }

  /** Whether work on a sandbox runs or waits for its turn; the sandbox may be locked for long. */
  isUnderWay(sandbox: string): boolean {
    return this.#underWay.has(sandbox);
  }

  /** Begins nothing more, and resolves once what runs has ended, or does not end. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (await this.#haveEnded()) return;
    this.#stop.abort();
    if (await this.#haveEnded()) return;
    const sandboxes = [...this.#underWay.keys()];
    this.deps.log.warn("Work on pods is left to the next start", { sandboxes });
  }

  async #run(sandbox: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await this.#slots.run(async () => {
        if (this.#isClosing) return;
        await this.deps.locks.run(sandbox, () => work(this.#stop.signal));
      });
    } catch (error) {
      this.deps.log.error("What a pod held could not be given back", {
        sandbox,
        error: describe(error),
      });
    }
  }

  /** False: not all of it, and time is up. */
  async #haveEnded(): Promise<boolean> {
    const all = Promise.all(this.#underWay.values());
    try {
      await withDeadline(this.deps.clock, graceMs, "Work on pods", all);
      return true;
    } catch {
      return false; // The deadline is the only way this wait fails.
    }
  }
}
