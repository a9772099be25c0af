/**
 * The check of the pods' network: is there a usable CNI network, are its plugins there, are files
 * skipped. What CNI makes of the directory is asked of a probe that main.ts supplies.
 */

import { type Check, type CheckResult, failure, ok, warning } from "./check.ts";
import type { Config } from "./config.ts";

/** What a node's CNI set-up looks like. */
export interface NetworkFacts {
  /** Whether pods can get a network, and why not. */
  readonly status: { readonly ready: boolean; readonly message: string };
  /** The network that pods would get, its file, and the types of its plugins in order. */
  readonly network?: {
    readonly name: string;
    readonly file: string;
    readonly plugins: readonly string[];
  };
  /** Files of the directory that are no usable network. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** Looks at the configuration directory and the plugins as the network layer would. */
export type NetworkProbe = (cni: Config["cni"]) => Promise<NetworkFacts>;

/** The checks about the network. */
export function networkChecks(config: Config, probe: NetworkProbe): readonly Check[] {
  return [{ name: "network", run: () => checkNetwork(config.cni, probe) }];
}

async function checkNetwork(
  cni: Config["cni"],
  probe: NetworkProbe,
): Promise<readonly CheckResult[]> {
  const { status, network, skipped } = await probe(cni);
  if (network === undefined) {
    return [failure(
      status.message,
      `Put a CNI configuration into "${cni.confDir}" (your network add-on does it); ` +
        "frakti takes it up without a restart",
    )];
  }
  if (!status.ready) {
    return [failure(
      status.message,
      `Install the plugins that "${network.file}" names (Debian: containernetworking-plugins), ` +
        "or set cni.binDirs to where they are",
    )];
  }
  return [
    ok(`"${network.name}" of "${network.file}" (${network.plugins.join(", ")})`),
    ...skipped.map(({ file, reason }) =>
      warning(`"${file}" is skipped: ${reason}`, `Correct the file, or remove it`)
    ),
  ];
}
