/**
 * What is left of pods that nobody knows any more, after a crash or a lost record: attachments in
 * frakti's cache, and what plugins themselves keep. Failures are logged; the next run tries again.
 */

import { describe } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Attachment } from "./attachment.ts";
import { keyOf, type ResultCache } from "./cache.ts";
import type { PluginChain } from "./chain.ts";
import type { ConfDir } from "./conf_dir.ts";
import { hasStatusAndGc } from "./versions.ts";

/** Detaches what this instance of frakti has in the cache and `known` does not name. */
export async function detachOrphans(
  cache: ResultCache,
  known: () => readonly Attachment[],
  detach: (orphan: Attachment) => Promise<void>,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal | undefined },
): Promise<void> {
  for (const { isOwn, attachment } of await cache.entries()) {
    if (signal?.aborted) return;
    const key = keyOf(attachment);
    if (!isOwn || known().some((one) => keyOf(one) === key)) continue;
    const fields = { pod: attachment.podId, network: attachment.network };
    try {
      await detach(attachment);
      log.info("Gave back an orphaned attachment", fields);
    } catch (error) {
      log.warn("Giving back an orphaned attachment failed", { ...fields, error: describe(error) });
    }
  }
}

/**
 * GC of the configured network's plugins, from 1.1.0 and only where frakti is the network's only
 * user: it takes away everything that `known` does not name, other runtimes' pods included.
 */
export async function collectInPlugins(
  conf: Promise<ConfDir>,
  cache: ResultCache,
  chain: PluginChain,
  known: () => readonly Attachment[],
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const { network } = await conf;
    if (network === undefined || network.disableGc) return;
    const version = await chain.versions.of(network);
    if (!hasStatusAndGc(version) || !(await cache.isOwnedFor(network.name))) return;
    const valid = new Map(known().map((one) => [keyOf(one), one]));
    if (!signal?.aborted) await chain.gc(network, version, [...valid.values()], signal);
  } catch (error) {
    chain.log.warn("CNI garbage collection failed", { error: describe(error) });
  }
}
