/**
 * The configuration directory as it stands: which network pods get, and which files were skipped
 * and why. Reads only; called at every pod, at every change and by `frakti check`.
 */

import { describe, invalidArgument } from "../lib/errors.ts";
import { isMissing, readTextIfExists, statIfExists } from "../lib/files.ts";
import {
  isLoopbackOnly,
  type NetworkList,
  parseList,
  parsePlugin,
  parseSingle,
  type PluginConfig,
} from "./config.ts";
import { parseObject } from "./json.ts";

/** What the directory holds. */
export interface ConfDir {
  readonly dir: string;
  /** The first valid network by file name that is not loopback. */
  readonly network?: NetworkList;
  /** Its file name. */
  readonly file?: string;
  /** The first configuration of the loopback plugin. */
  readonly loopback?: NetworkList;
  /** Files that are no valid configuration. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

const extensions = [".conf", ".conflist", ".json"];
const maxFileBytes = 1024 * 1024; // Real ones have a few kB.
const maxFiles = 256; // More is not a configuration directory; it bounds each look.

/** Reads the directory; one that is missing is empty. Never throws because of what is in it. */
export async function loadConfDir(dir: string): Promise<ConfDir> {
  const skipped: { file: string; reason: string }[] = [];
  let network: NetworkList | undefined;
  let networkFile: string | undefined;
  let loopback: NetworkList | undefined;
  let names: string[];
  try {
    names = await configNames(dir, extensions);
  } catch (error) {
    return { dir, skipped: [{ file: dir, reason: describe(error) }] };
  }
  for (const name of names) {
    try {
      const list = await loadFile(dir, name);
      if (isLoopbackOnly(list)) {
        loopback ??= list;
      } else if (network === undefined) {
        network = list;
        networkFile = name;
      }
    } catch (error) {
      skipped.push({ file: name, reason: describe(error) });
    }
  }
  return {
    dir,
    skipped,
    ...(network === undefined ? {} : { network }),
    ...(networkFile === undefined ? {} : { file: networkFile }),
    ...(loopback === undefined ? {} : { loopback }),
  };
}

async function configNames(dir: string, endings: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(dir)) {
      if (endings.some((ending) => entry.name.endsWith(ending))) names.push(entry.name);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return names.sort().slice(0, maxFiles);
}

async function loadFile(dir: string, name: string): Promise<NetworkList> {
  const raw = await readObject(`${dir}/${name}`);
  if (!name.endsWith(".conflist")) return parseSingle(raw);
  const isInlinedOnly = raw["loadOnlyInlinedPlugins"] === true;
  const network = raw["name"];
  const isName = typeof network === "string" && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(network);
  return parseList(raw, isInlinedOnly || !isName ? [] : await pluginFiles(`${dir}/${network}`));
}

/** Since 1.1.0 a list's plugins may lie in a directory with the network's name. */
async function pluginFiles(dir: string): Promise<PluginConfig[]> {
  const plugins: PluginConfig[] = [];
  for (const name of await configNames(dir, [".conf"])) {
    plugins.push(parsePlugin(await readObject(`${dir}/${name}`)));
  }
  return plugins;
}

async function readObject(path: string) {
  const info = await statIfExists(path);
  // Opening a FIFO would wait for a writer.
  if (info === undefined || !info.isFile) throw invalidArgument(`It is not a regular file`);
  const text = await readTextIfExists(path, maxFileBytes);
  if (text === undefined) throw invalidArgument(`It has just been removed`);
  return parseObject(text, "The content");
}
