/**
 * Whether pods can get a network, in the words of the NetworkReady condition.
 */

import { describe } from "../lib/errors.ts";
import type { PluginChain } from "./chain.ts";
import type { ConfDir } from "./conf_dir.ts";
import { hasStatusAndGc } from "./versions.ts";

/** The NetworkReady condition; `message` of a ready one may name files that were skipped. */
export interface NetworkStatus {
  readonly ready: boolean;
  readonly reason: string;
  readonly message: string;
}

/** The reason that kubelets and people know. */
const notReady = "NetworkPluginNotReady";

/** The status before the first look. */
export const unknownStatus: NetworkStatus = {
  ready: false,
  reason: notReady,
  message: "The CNI configuration has not been read yet",
};

/** Looks for the network's plugins and, from version 1.1.0, asks them. Never throws. */
export async function examine(conf: ConfDir, chain: PluginChain): Promise<NetworkStatus> {
  if (conf.network === undefined) {
    return { ready: false, reason: notReady, message: describeConfDir(conf) };
  }
  try {
    for (const plugin of conf.network.plugins) await chain.plugins.find(plugin.type);
    const version = await chain.versions.of(conf.network);
    if (hasStatusAndGc(version)) await chain.status(conf.network, version);
  } catch (error) {
    const message = `Network "${conf.network.name}" cannot take pods: ${describe(error)}`;
    return { ready: false, reason: notReady, message };
  }
  return {
    ready: true,
    reason: "",
    message: conf.skipped.length === 0 ? "" : describeConfDir(conf),
  };
}

/** What the directory offers, for a person. */
export function describeConfDir(conf: ConfDir): string {
  const skipped = conf.skipped.map(({ file, reason }) => `"${file}" is skipped: ${reason}`);
  const only = conf.loopback === undefined ? "" : " but loopback";
  const found = conf.network === undefined
    ? `No CNI network${only} is configured in "${conf.dir}"`
    : `Network "${conf.network.name}" is in use`;
  return [found, ...skipped].join("; ").slice(0, maxMessageLength);
}

const maxMessageLength = 2048; // It goes into the node's status, which is stored in etcd.
