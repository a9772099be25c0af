/**
 * Which version a network is run with. A configuration that names one version leaves no choice;
 * one that names several (`cniVersions`, since 1.1.0) gets the newest that frakti and all its
 * plugins speak, which they are asked with VERSION.
 */

import { describe } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { NetworkList } from "./config.ts";
import { listOf, parseObject } from "./json.ts";
import type { PluginRunner } from "./plugin.ts";
import { type CniVersion, implicitVersion } from "./versions.ts";

const versionTimeoutMs = 10_000;

/** The version to run `list` with. */
export async function chooseVersion(
  list: NetworkList,
  plugins: PluginRunner,
  log: Logger,
): Promise<CniVersion> {
  const newest = list.versions[0] ?? implicitVersion;
  if (list.versions.length < 2) return newest;
  const types = [...new Set(list.plugins.map((plugin) => plugin.type))];
  const spoken = await Promise.all(types.map((type) => versionsOf(type, plugins, log)));
  return list.versions.find((version) =>
    spoken.every((versions) => versions === undefined || versions.includes(version))
  ) ?? newest;
}

/** What a plugin says it speaks; undefined, which excludes nothing, when it does not say. */
async function versionsOf(
  type: string,
  plugins: PluginRunner,
  log: Logger,
): Promise<readonly unknown[] | undefined> {
  try {
    const stdout = await plugins.call({
      verb: "VERSION",
      type,
      stdin: { cniVersion: implicitVersion },
      timeoutMs: versionTimeoutMs,
    });
    return listOf(parseObject(stdout, "The output")["supportedVersions"]);
  } catch (error) {
    log.debug("CNI plugin does not tell its versions", { plugin: type, error: describe(error) });
    return undefined;
  }
}
