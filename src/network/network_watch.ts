/**
 * Follows the configuration directory while frakti runs: keeps the status that Status answers
 * with, and says in the log when it changes. Attaching does not depend on it: a plan always reads
 * the directory itself.
 */

import { type Clock, waitOver } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { PluginChain } from "./chain.ts";
import { loadConfDir } from "./conf_dir.ts";
import { ConfWatcher, type WatchDir, watchDir } from "./conf_watcher.ts";
import { examine, type NetworkStatus, unknownStatus } from "./network_status.ts";

// The backstop of the watch; STATUS is asked as often. More often while pods wait for a network.
const lookMs = 10_000;
const lookNotReadyMs = 2_000;

/** A plugin may wait for a daemon that is a pod itself, and comes once frakti serves. */
const firstLookMs = 2_000;

/** Whoever writes a configuration may take several steps. */
const settleMs = 100;

/** Looks at start, at every change, and every few seconds. */
export class NetworkWatch {
  readonly #watcher: ConfWatcher;
  readonly #closing = new AbortController();
  #wake = new AbortController();
  #status = unknownStatus;
  #following: Promise<void> = Promise.resolve();

  constructor(
    readonly confDir: string,
    readonly chain: PluginChain,
    readonly deps: { readonly clock: Clock; readonly log: Logger; readonly watch?: WatchDir },
  ) {
    this.#watcher = new ConfWatcher(confDir, () => this.#wake.abort(), {
      watch: deps.watch ?? watchDir,
      log: deps.log,
    });
  }

  /** As of the last look. */
  get status(): NetworkStatus {
    return this.#status;
  }

  /** Resolves after the first look, or without it when the plugins take long to answer STATUS. */
  async start(): Promise<void> {
    const first = this.#look();
    this.#following = first.then(() => this.#follow());
    const over = new AbortController();
    await Promise.race([first, this.deps.clock.sleep(firstLookMs, over.signal)]);
    over.abort(waitOver);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake.abort();
    await this.#following;
    this.#watcher.close();
  }

  async #follow(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.deps.clock.sleep(this.#status.ready ? lookMs : lookNotReadyMs, this.#wake.signal);
      if (this.#wake.signal.aborted) {
        await this.deps.clock.sleep(settleMs, this.#closing.signal);
      }
      if (!this.#closing.signal.aborted) await this.#look();
    }
  }

  async #look(): Promise<void> {
    // Renewed before looking: what changes meanwhile wakes the next round.
    this.#wake = new AbortController();
    if (this.#closing.signal.aborted) return;
    await this.#watcher.refresh();
    const before = this.#status;
    this.#status = await examine(await loadConfDir(this.confDir), this.chain);
    if (before.ready === this.#status.ready && before.message === this.#status.message) return;
    const { ready, message } = this.#status;
    if (ready) this.deps.log.info("Pod network is ready", { message });
    else this.deps.log.warn("Pod network is not ready", { message });
  }
}
