/**
 * The pod network: attaches pods to the network that is configured now, and detaches them with
 * what was stored when they were attached. The one entrance to this room for engines; it knows no
 * engine and keeps no pods: callers keep the attachments.
 */

import type { Clock } from "../lib/clock.ts";
import { codeOf, describe, invalidArgument, unavailable, wrap } from "../lib/errors.ts";
import { KeyedLock } from "../lib/lock.ts";
import type { Logger } from "../lib/log.ts";
import type { ProcessRunner } from "../lib/process.ts";
import { addressingOf } from "./addressing.ts";
import { AttachError, type Attachment, type AttachRequest } from "./attachment.ts";
import { keyOf, ResultCache } from "./cache.ts";
import { PluginChain } from "./chain.ts";
import { loadConfDir } from "./conf_dir.ts";
import type { WatchDir } from "./conf_watcher.ts";
import { collectInPlugins, detachOrphans } from "./garbage.ts";
import { bringLoopbackUp } from "./loopback.ts";
import { netnsKind } from "./namespaces.ts";
import { describeConfDir, type NetworkStatus } from "./network_status.ts";
import { NetworkWatch } from "./network_watch.ts";
import { planAttachment } from "./plan.ts";
import { PluginRunner } from "./plugin.ts";
import { PodCidrs } from "./pod_cidr.ts";
import { parseResult } from "./result.ts";
import { endStragglers } from "./stragglers.ts";

/** Where things are. */
export interface NetworkSettings {
  readonly confDir: string;
  readonly binDirs: readonly string[];
  /** As libcni's: results lie in `<cacheDir>/results`. */
  readonly cacheDir: string;
  /** Cleared by a reboot. */
  readonly stateDir: string;
  /** What plugins inherit; CNI_* is left out. A PATH alone unless given. */
  readonly pluginEnv?: Readonly<Record<string, string>>;
}

export interface NetworkDeps {
  readonly clock: Clock;
  readonly processes: ProcessRunner;
  readonly log: Logger;
  readonly watch?: WatchDir;
  /** What is at a path; the kernel's answer unless given. */
  readonly netnsKind?: typeof netnsKind;
}

/** How to take an attachment back. */
export interface DetachOptions {
  /** The namespace went with a reboot. */
  readonly netnsGone?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The pod network. */
export class PodNetwork {
  readonly #chain: PluginChain;
  readonly #cache: ResultCache;
  readonly #cidrs: PodCidrs;
  readonly #watch: NetworkWatch;
  readonly #locks = new KeyedLock();
  readonly #netnsKind: typeof netnsKind;
  /** What this process has attached: GC must spare it even if the caller's list is older. */
  readonly #live = new Map<string, Attachment>();
  /** While plugins collect garbage no ADD begins: they would not know of it. */
  #gcRunning: Promise<void> = Promise.resolve();

  constructor(readonly settings: NetworkSettings, readonly deps: NetworkDeps) {
    const plugins = new PluginRunner(
      { binDirs: settings.binDirs, env: settings.pluginEnv ?? {} },
      deps,
    );
    this.#chain = new PluginChain(plugins, deps.clock, deps.log);
    this.#cache = new ResultCache(settings.cacheDir, settings.stateDir);
    this.#cidrs = new PodCidrs(settings.stateDir, deps.log);
    this.#netnsKind = deps.netnsKind ?? netnsKind;
    this.#watch = new NetworkWatch(settings.confDir, this.#chain, deps);
  }

  /** Takes the first look and begins to follow the directory. */
  async start(): Promise<void> {
    await this.#cidrs.load();
    await this.#prepareCache();
    await this.#watch.start();
  }

  /** A cache that cannot be written fails attaching, with its cause, but not the start. */
  async #prepareCache(): Promise<void> {
    try {
      await this.#cache.prepare();
    } catch (error) {
      const dir = this.settings.cacheDir;
      this.deps.log.warn("Cannot make the CNI cache", { dir, error: describe(error) });
    }
  }

  /** Stops following; attachments stay. */
  async close(): Promise<void> {
    await this.#watch.close();
    await this.#cidrs.saved();
  }

  /** As of the last look. */
  status(): NetworkStatus {
    return this.#watch.status;
  }

  /** One range or two with a comma; for networks that take capability ipRanges. */
  setPodCidr(cidr: string): void {
    this.#cidrs.set(cidr);
  }

  /**
   * ADD, with the network configured now. `onPlanned` receives, once nothing can be refused any
   * more and before any plugin runs ADD, an attachment that `detach` can take back: kept durably,
   * an end of the process in between leaks nothing.
   * @throws FraktiError Unavailable without a network, InvalidArgument for what cannot be passed
   * on, FailedPrecondition when a plugin is missing; AttachError when ADD failed and was undone.
   */
  async attach(
    request: AttachRequest,
    onPlanned?: (planned: Attachment) => Promise<void> | void,
  ): Promise<Attachment> {
    const conf = await loadConfDir(this.settings.confDir);
    if (conf.network === undefined) throw unavailable(describeConfDir(conf));
    await this.#assertPodNetns(request.netnsPath);
    const podCidrs = this.#cidrs.current;
    const input = { ...conf, network: conf.network, podCidrs };
    const planned = await planAttachment(request, input, this.#chain);
    await onPlanned?.(planned);
    return await this.#locks.run(keyOf(planned), () => this.#add(planned));
  }

  /**
   * DEL with the stored configuration and result, whatever is configured now; the result of a
   * planned attachment is looked for in the CNI cache. Repeating it is fine. Without `netnsGone` the namespace is looked for; plugins are told when it is gone.
   * Aborting `signal` kills the plugin that runs: nothing is forgotten then.
   */
  detach(attachment: Attachment, options: DetachOptions = {}): Promise<void> {
    return this.#locks.run(keyOf(attachment), async () => {
      // A path that is no namespace any more, or has become the host's, must not reach a plugin.
      const { netnsPath } = attachment;
      const isThere = options.netnsGone !== true && netnsPath !== "" &&
        await this.#netnsKind(netnsPath) === "pod";
      const startMs = this.deps.clock.monotonicMs();
      try {
        // Without a result ADD may still be running, if frakti was killed in the middle of it.
        if (attachment.result === undefined) await endStragglers(attachment.podId, this.deps);
        // A crash after ADD may have left the result in the cache and the plan with the caller.
        const result = attachment.result ?? (await this.#cache.find(attachment))?.result;
        const known = {
          ...attachment,
          netnsPath: isThere ? netnsPath : "",
          ...(result === undefined ? {} : { result }),
        };
        await this.#chain.del(known, options.signal);
        await this.#cache.remove(attachment);
      } catch (error) {
        const { podId, network } = attachment;
        throw wrap(`Cannot detach pod "${podId}" from network "${network}"`, error);
      }
      this.#live.delete(keyOf(attachment));
      this.#logDone("Pod detached", attachment, startMs);
    });
  }

  /** CHECK; what the plugins complain of, or undefined. It only informs: some plugins err. */
  check(attachment: Attachment): Promise<string | undefined> {
    return this.#locks.run(keyOf(attachment), async () => {
      try {
        await this.#chain.check(attachment);
        return undefined;
      } catch (error) {
        return describe(error);
      }
    });
  }

  /** What the CNI cache knows of a pod, for a caller that has lost its record. */
  async recall(podId: string): Promise<Attachment[]> {
    const entries = await this.#cache.entries();
    return entries.filter((entry) => entry.isOwn && entry.attachment.podId === podId)
      .map((entry) => entry.attachment);
  }

  /**
   * Gives back what belongs to none of `valid` nor to what was attached since: attachments of
   * frakti's in the cache get DEL, and the configured network's plugins GC (1.1.0) if frakti is
   * the only user of its cache. `valid` is of the moment of the call; pods may come and go from
   * then on. Failures are logged, and never rejected with. Aborting `signal` ends it early.
   */
  async gc(valid: readonly Attachment[], signal?: AbortSignal): Promise<void> {
    const { log } = this.deps;
    const known = () => [...valid, ...this.#live.values()];
    const detach = (orphan: Attachment) => this.detach(orphan, { signal });
    try {
      await detachOrphans(this.#cache, known, detach, { log, signal });
      if (signal?.aborted) return;
      const conf = loadConfDir(this.settings.confDir);
      this.#gcRunning = collectInPlugins(conf, this.#cache, this.#chain, known, signal);
      await this.#gcRunning;
    } catch (error) {
      log.warn("CNI garbage collection failed", { error: describe(error) });
    }
  }

  async #add(planned: Attachment): Promise<Attachment> {
    await this.#gcRunning;
    const startMs = this.deps.clock.monotonicMs();
    this.#live.set(keyOf(planned), planned);
    try {
      await bringLoopbackUp(planned, this.#chain, this.deps.processes);
      const result = await this.#chain.add(planned);
      const parsed = parseResult(result, planned.cniVersion);
      const attachment = { ...planned, result, ...addressingOf(parsed, planned.ifName) };
      await this.#accept(attachment);
      this.#logDone("Pod attached", attachment, startMs);
      return attachment;
    } catch (error) {
      if (!(error instanceof AttachError && error.incomplete)) this.#live.delete(keyOf(planned));
      throw error;
    }
  }

  /** The plugins have succeeded; whether the pod can be run with what they gave. */
  async #accept(attachment: Attachment): Promise<void> {
    try {
      if (attachment.ips.length === 0) {
        throw unavailable(`Network "${attachment.network}" gave no address`);
      }
      await this.#cache.write(attachment);
    } catch (error) {
      let incomplete = false;
      try {
        await this.#chain.del(attachment);
      } catch (undoError) {
        incomplete = true;
        this.deps.log.warn("Undoing a failed CNI ADD failed", {
          pod: attachment.podId,
          error: describe(undoError),
        });
      }
      throw new AttachError(codeOf(error), `Cannot attach pod "${attachment.podId}"`, {
        cause: error,
        incomplete,
      });
    }
  }

  async #assertPodNetns(path: string): Promise<void> {
    const kind = await this.#netnsKind(path);
    if (kind === "none") throw invalidArgument(`"${path}" is no network namespace`);
    if (kind === "host") throw invalidArgument(`"${path}" is the host's network namespace`);
  }

  #logDone(what: string, attachment: Attachment, startMs: number): void {
    this.deps.log.info(what, {
      pod: attachment.podId,
      network: attachment.network,
      ips: attachment.ips.map((ip) => ip.address),
      ms: Math.round(this.deps.clock.monotonicMs() - startMs),
    });
  }
}
