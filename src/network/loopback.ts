/**
 * Brings `lo` up in a pod's namespace: with the loopback plugin where there is one, configured or
 * not, else directly. Nothing takes it down again: the namespace goes as a whole.
 */

import { codeOf, wrap } from "../lib/errors.ts";
import type { ProcessRunner } from "../lib/process.ts";
import { noAddressing } from "./addressing.ts";
import type { Attachment } from "./attachment.ts";
import type { PluginChain } from "./chain.ts";
import { listToJson, type NetworkList, parseList } from "./config.ts";
import type { JsonObject } from "./json.ts";
import { bringLoopbackUpIn } from "./namespaces.ts";
import { implicitVersion } from "./versions.ts";

/** For a directory without a loopback configuration; every loopback plugin speaks this version. */
const builtIn: JsonObject = {
  cniVersion: "0.3.0",
  name: "lo",
  plugins: [{ type: "loopback" }],
};

/** The loopback network to use, given the one that is configured. */
export function loopbackList(configured: NetworkList | undefined): JsonObject {
  if (configured === undefined) return builtIn;
  return listToJson(configured, configured.versions[0] ?? implicitVersion);
}

/** Does nothing when the plan says that `lo` needs nothing. */
export async function bringLoopbackUp(
  planned: Attachment,
  chain: PluginChain,
  processes: ProcessRunner,
): Promise<void> {
  if (planned.loopback === undefined) return;
  try {
    await chain.plugins.find("loopback");
  } catch (error) {
    if (codeOf(error) !== "FailedPrecondition") throw error;
    await bringLoopbackUpIn(planned.netnsPath, processes);
    return;
  }
  const list = parseList(planned.loopback);
  try {
    await chain.add({
      ...planned,
      ...noAddressing,
      ifName: "lo",
      network: list.name,
      cniVersion: list.versions[0] ?? implicitVersion,
      config: planned.loopback,
      capabilityArgs: {},
    });
  } catch (error) {
    throw wrap(`Cannot bring up loopback for pod "${planned.podId}"`, error);
  }
}
