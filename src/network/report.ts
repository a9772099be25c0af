/**
 * One look at the network for `frakti check`: nothing is started, nothing is kept.
 */

import { PluginChain } from "./chain.ts";
import { loadConfDir } from "./conf_dir.ts";
import { examine, type NetworkStatus } from "./network_status.ts";
import { PluginRunner } from "./plugin.ts";
import type { NetworkDeps, NetworkSettings } from "./pod_network.ts";

/** What a node's CNI set-up looks like. */
export interface NetworkReport {
  readonly status: NetworkStatus;
  /** The network pods would get. */
  readonly network?: {
    readonly name: string;
    readonly file: string;
    readonly plugins: readonly string[];
  };
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Looks once. Never throws. Without `pluginEnv` plugins get what they get under systemd: the
 * environment of whoever asks (a PATH without sbin after `su`) says nothing about the service's.
 */
export async function reportNetwork(
  settings: NetworkSettings,
  deps: NetworkDeps,
): Promise<NetworkReport> {
  const env = settings.pluginEnv ?? {};
  const plugins = new PluginRunner({ binDirs: settings.binDirs, env }, deps);
  const conf = await loadConfDir(settings.confDir);
  const status = await examine(conf, new PluginChain(plugins, deps.clock, deps.log));
  return {
    status,
    skipped: conf.skipped,
    ...(conf.network === undefined ? {} : {
      network: {
        name: conf.network.name,
        file: conf.file ?? "",
        plugins: conf.network.plugins.map((plugin) => plugin.type),
      },
    }),
  };
}
