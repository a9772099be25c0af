/**
 * The verbs over a whole list of plugins: the order, what result each sees, which limits hold, and
 * what is taken back when one fails. Knows nothing of directories, caches and locks.
 */

import type { Clock } from "../lib/clock.ts";
import { codeOf, describe, FraktiError, internal } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Attachment } from "./attachment.ts";
import { AttachError } from "./attachment.ts";
import { renderArgs } from "./capabilities.ts";
import { type NetworkList, parseList, type PluginConfig, pluginStdin } from "./config.ts";
import { type JsonObject, parseObject } from "./json.ts";
import { PluginError, type PluginRunner, type Verb } from "./plugin.ts";
import { parseResult } from "./result.ts";
import { toVersion } from "./result_render.ts";
import { VersionChoice } from "./version_choice.ts";
import { type CniVersion, hasCheck } from "./versions.ts";

/**
 * One plugin's ADD, and all of a list's. Address management that asks a server answers within
 * seconds; together with the DELs that undo it a chain of two stays below the 4 minutes after
 * which a kubelet gives RunPodSandbox up.
 */
const addTimeoutMs = 60_000;
const addChainTimeoutMs = 120_000;
/** DEL only takes down what is there; a kubelet comes again when it failed. */
const delTimeoutMs = 30_000;
const checkTimeoutMs = 20_000;
/** STATUS is asked every few seconds. */
const statusTimeoutMs = 10_000;
const gcTimeoutMs = 30_000;

/** The specification's code for "no such container": for DEL that is success. */
const unknownContainer = 3;

/** Runs lists. */
export class PluginChain {
  readonly versions: VersionChoice;

  constructor(
    readonly plugins: PluginRunner,
    readonly clock: Clock,
    readonly log: Logger,
  ) {
    this.versions = new VersionChoice(plugins, log);
  }

  /**
   * ADD in order; the last result. When a plugin fails, it and those before it get DEL, last first,
   * each whatever became of the others.
   * @throws AttachError
   */
  async add(attachment: Attachment): Promise<JsonObject> {
    const list = listOfAttachment(attachment);
    const startMs = this.clock.monotonicMs();
    let previous: JsonObject | undefined;
    let succeeded = 0;
    let index = 0;
    try {
      for (const plugin of list.plugins) {
        const leftMs = startMs + addChainTimeoutMs - this.clock.monotonicMs();
        const stdout = await this.#run("ADD", plugin, attachment, {
          prevResult: previous,
          timeoutMs: Math.max(1, Math.min(addTimeoutMs, leftMs)),
        });
        succeeded++;
        previous = readResult(stdout, plugin, attachment.cniVersion);
        index++;
      }
    } catch (error) {
      const touched = list.plugins.slice(0, index + 1);
      const isOpen = error instanceof PluginError && error.mayLeaveTraces;
      const mayHold = isOpen ? touched.length : succeeded;
      const incomplete = await this.#undoAdd(touched, mayHold, attachment, previous);
      throw new AttachError(
        codeOf(error),
        `Cannot attach pod "${attachment.podId}" to network "${attachment.network}"`,
        { cause: error, incomplete },
      );
    }
    if (previous === undefined) throw internal(`Network "${list.name}" has no plugins`);
    return previous;
  }

  /**
   * DEL in reverse order, ending at the first failure: an address must stay taken while something
   * still leads to it, and the caller comes again. Aborting `signal` is such a failure.
   */
  async del(attachment: Attachment, signal?: AbortSignal): Promise<void> {
    const prevResult = hasCheck(attachment.cniVersion) ? attachment.result : undefined;
    for (const plugin of [...listOfAttachment(attachment).plugins].reverse()) {
      await this.#del(plugin, attachment, prevResult, signal);
    }
  }

  /** CHECK in order; rejects with the first complaint. */
  async check(attachment: Attachment): Promise<void> {
    const list = listOfAttachment(attachment);
    if (!hasCheck(attachment.cniVersion) || list.disableCheck || attachment.result === undefined) {
      return;
    }
    for (const plugin of list.plugins) {
      await this.#run("CHECK", plugin, attachment, {
        prevResult: attachment.result,
        timeoutMs: checkTimeoutMs,
      });
    }
  }

  /** STATUS of every plugin; rejects with the first that cannot take pods. */
  async status(list: NetworkList, version: CniVersion): Promise<void> {
    for (const plugin of list.plugins) {
      await this.plugins.call({
        verb: "STATUS",
        type: plugin.type,
        stdin: pluginStdin(plugin, { network: list.name, version }),
        timeoutMs: statusTimeoutMs,
      });
    }
  }

  /** GC: every plugin drops what belongs to none of `valid`. Failures are logged. */
  async gc(
    list: NetworkList,
    version: CniVersion,
    valid: readonly Attachment[],
    signal?: AbortSignal,
  ): Promise<void> {
    const extra = {
      "cni.dev/valid-attachments": valid.filter((one) => one.network === list.name)
        .map((one) => ({ containerID: one.podId, ifname: one.ifName })),
    };
    for (const plugin of list.plugins) {
      try {
        await this.plugins.call({
          verb: "GC",
          type: plugin.type,
          stdin: pluginStdin(plugin, { network: list.name, version, extra }),
          timeoutMs: gcTimeoutMs,
          signal,
        });
      } catch (error) {
        this.log.warn("CNI garbage collection failed", {
          network: list.name,
          plugin: plugin.type,
          error: describe(error),
        });
      }
    }
  }

  /** Of `touched` the first `mayHold` may have something to give back. True when one could not. */
  async #undoAdd(
    touched: readonly PluginConfig[],
    mayHold: number,
    attachment: Attachment,
    previous: JsonObject | undefined,
  ): Promise<boolean> {
    let incomplete = false;
    const prevResult = hasCheck(attachment.cniVersion) ? previous : undefined;
    for (const [index, plugin] of [...touched.entries()].reverse()) {
      try {
        await this.#del(plugin, attachment, prevResult);
      } catch (error) {
        // A plugin that failed by itself is likely to fail here as well, and holds nothing.
        incomplete ||= index < mayHold;
        this.log.warn("Undoing a failed CNI ADD failed", {
          pod: attachment.podId,
          network: attachment.network,
          plugin: plugin.type,
          error: describe(error),
        });
      }
    }
    return incomplete;
  }

  async #del(
    plugin: PluginConfig,
    attachment: Attachment,
    prevResult: JsonObject | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    try {
      await this.#run("DEL", plugin, attachment, { prevResult, timeoutMs: delTimeoutMs, signal });
    } catch (error) {
      if (!(error instanceof PluginError && error.cniCode === unknownContainer)) throw error;
    }
  }

  #run(
    verb: Verb,
    plugin: PluginConfig,
    attachment: Attachment,
    options: {
      readonly prevResult: JsonObject | undefined;
      readonly timeoutMs: number;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<string> {
    return this.plugins.call({
      verb,
      type: plugin.type,
      timeoutMs: options.timeoutMs,
      signal: options.signal,
      stdin: pluginStdin(plugin, {
        network: attachment.network,
        version: attachment.cniVersion,
        capabilityArgs: attachment.capabilityArgs,
        prevResult: options.prevResult,
      }),
      container: {
        id: attachment.podId,
        netnsPath: attachment.netnsPath,
        ifName: attachment.ifName,
        args: renderArgs(attachment.cniArgs),
      },
    });
  }
}

/** The list an attachment was made with. */
export function listOfAttachment(attachment: Attachment): NetworkList {
  return parseList(attachment.config);
}

function readResult(stdout: string, plugin: PluginConfig, version: CniVersion): JsonObject {
  try {
    if (stdout.trim() === "") throw internal(`It printed nothing`);
    const raw = toVersion(parseObject(stdout, "The output"), version);
    parseResult(raw, version);
    return raw;
  } catch (error) {
    throw new FraktiError("Internal", `CNI plugin "${plugin.type}" answered ADD with no result`, {
      cause: error,
    });
  }
}
