/**
 * The check of the pods' network: is there a usable CNI network, and are its plugins there. What
 * CNI makes of the files is asked of a probe that main.ts supplies.
 */

import { describe } from "../lib/errors.ts";
import { type Check, type CheckResult, failure, ok } from "./check.ts";
import type { Config } from "./config.ts";

/** The network that pods would get. */
export interface NetworkFacts {
  readonly name: string;
  /** The configuration file it comes from. */
  readonly file: string;
  /** Its plugins in order, with the program of each; undefined when no directory has it. */
  readonly plugins: readonly { readonly type: string; readonly path: string | undefined }[];
}

/** Reads the configuration directory as the network layer would; rejects when none is usable. */
export type NetworkProbe = (cni: Config["cni"]) => Promise<NetworkFacts>;

/** The checks about the network. */
export function networkChecks(config: Config, probe: NetworkProbe): readonly Check[] {
  return [{ name: "network", run: () => checkNetwork(config.cni, probe) }];
}

async function checkNetwork(cni: Config["cni"], probe: NetworkProbe): Promise<CheckResult> {
  let facts: NetworkFacts;
  try {
    facts = await probe(cni);
  } catch (error) {
    return failure(
      describe(error),
      `Put a CNI configuration into "${cni.confDir}" (your network add-on does it); ` +
        "frakti takes it up without a restart",
    );
  }
  const missing = facts.plugins.filter(({ path }) => path === undefined).map(({ type }) => type);
  if (missing.length > 0) {
    return failure(
      `network "${facts.name}" of "${facts.file}" needs ${missing.join(", ")}, ` +
        `not found in ${cni.binDirs.join(", ") || "any directory"}`,
      "Install the CNI plugins (apt-get install containernetworking-plugins), or set cni.binDirs",
    );
  }
  const plugins = facts.plugins.map(({ type }) => type).join(", ");
  return ok(`"${facts.name}" of "${facts.file}" (${plugins})`);
}
