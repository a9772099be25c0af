/**
 * Which version a network is run with. A configuration that names one version leaves no choice;
 * one that names several (`cniVersions`, since 1.1.0) gets the newest that frakti and all its
 * plugins speak, which they are asked with VERSION.
 */

import { describe } from "../lib/errors.ts";
import { statIfExists } from "../lib/files.ts";
import type { Logger } from "../lib/log.ts";
import type { NetworkList } from "./config.ts";
import { type Json, listOf, parseObject } from "./json.ts";
import type { PluginRunner } from "./plugin.ts";
import { type CniVersion, implicitVersion } from "./versions.ts";

const versionTimeoutMs = 10_000;

/** What a plugin says it speaks; undefined, which excludes nothing, when it does not say. */
type Spoken = readonly Json[] | undefined;

/** Chooses, and remembers what each plugin said until its file changes. */
export class VersionChoice {
  readonly #answers = new Map<string, { readonly file: string; readonly spoken: Spoken }>();

  constructor(readonly plugins: PluginRunner, readonly log: Logger) {}

  /** The version to run `list` with. */
  async of(list: NetworkList): Promise<CniVersion> {
    const newest = list.versions[0] ?? implicitVersion;
    if (list.versions.length < 2) return newest;
    const types = [...new Set(list.plugins.map((plugin) => plugin.type))];
    const spoken = await Promise.all(types.map((type) => this.#spokenBy(type)));
    return list.versions.find((version) =>
      spoken.every((versions) => versions === undefined || versions.includes(version))
    ) ?? newest;
  }

  async #spokenBy(type: string): Promise<Spoken> {
    try {
      const path = await this.plugins.find(type);
      const info = await statIfExists(path);
      const file = `${path} ${info?.ino} ${info?.size} ${info?.mtime?.getTime()}`;
      const known = this.#answers.get(type);
      if (known?.file === file) return known.spoken;
      const spoken = await this.#ask(type);
      this.#answers.set(type, { file, spoken });
      return spoken;
    } catch (error) {
      this.log.debug("CNI plugin does not tell its versions", {
        plugin: type,
        error: describe(error),
      });
      return undefined;
    }
  }

  async #ask(type: string): Promise<Spoken> {
    const stdout = await this.plugins.call({
      verb: "VERSION",
      type,
      stdin: { cniVersion: implicitVersion },
      timeoutMs: versionTimeoutMs,
    });
    return listOf(parseObject(stdout, "The output")["supportedVersions"]);
  }
}
