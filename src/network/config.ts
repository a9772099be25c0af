/**
 * One network configuration as data: the list form (.conflist), the single form (.conf, .json) and
 * what is made of them for a plugin's stdin. Pure; the directory is read in conf_dir.ts.
 */

import { invalidArgument } from "../lib/errors.ts";
import { isObject, type Json, type JsonObject, listOf, textOf } from "./json.ts";
import { type CniVersion, offeredVersions } from "./versions.ts";

/** One plugin of a list. */
export interface PluginConfig {
  readonly type: string;
  /** The capabilities it declares to take as runtimeConfig. */
  readonly capabilities: readonly string[];
  readonly config: JsonObject;
}

/** A network. */
export interface NetworkList {
  readonly name: string;
  /** What it may be run with, newest first. */
  readonly versions: readonly CniVersion[];
  readonly disableCheck: boolean;
  readonly disableGc: boolean;
  readonly plugins: readonly PluginConfig[];
}

const maxPlugins = 64; // A dozen is a lot; each costs a process per pod.

/** Names become file names of caches and leases, so the specification's alphabet is enforced. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/**
 * Reads the list form. `inlined` are plugins kept in files of their own (1.1.0).
 * @throws FraktiError InvalidArgument saying what is wrong.
 */
export function parseList(raw: JsonObject, fromFiles: readonly PluginConfig[] = []): NetworkList {
  const inlined = listOf(raw["plugins"]);
  if (inlined === undefined) throw invalidArgument(`"plugins" is not a list`);
  const plugins = [...inlined.map(parsePlugin), ...fromFiles];
  if (plugins.length === 0) throw invalidArgument(`The list has no plugins`);
  if (plugins.length > maxPlugins) {
    throw invalidArgument(`The list has more than ${maxPlugins} plugins`);
  }
  return {
    name: parseName(raw["name"]),
    versions: offeredVersions(raw["cniVersion"], raw["cniVersions"]),
    disableCheck: parseFlag(raw, "disableCheck"),
    disableGc: parseFlag(raw, "disableGC"),
    plugins,
  };
}

/**
 * Reads the single form: a list of one plugin. Loopback may go without a name, as it often does.
 * @throws FraktiError InvalidArgument saying what is wrong.
 */
export function parseSingle(raw: JsonObject): NetworkList {
  if (raw["type"] === undefined && raw["plugins"] !== undefined) {
    throw invalidArgument(`It has "plugins" but no "type": a list belongs in a .conflist file`);
  }
  const plugin = parsePlugin(raw);
  const isNameless = plugin.type === "loopback" && raw["name"] === undefined;
  return {
    name: isNameless ? "lo" : parseName(raw["name"]),
    versions: offeredVersions(raw["cniVersion"], raw["cniVersions"]),
    disableCheck: false,
    disableGc: false,
    plugins: [plugin],
  };
}

/** Reads one plugin's object. */
export function parsePlugin(raw: Json): PluginConfig {
  if (!isObject(raw)) throw invalidArgument(`A plugin is not an object`);
  const type = textOf(raw["type"]);
  if (type === undefined || type === "") throw invalidArgument(`A plugin has no "type"`);
  // The type is looked up in the plugin directories and must not lead out of them.
  if (!/^[^/\s\0]{1,255}$/.test(type) || type === "." || type === "..") {
    throw invalidArgument(`Plugin type ${JSON.stringify(type)} is not a file name`);
  }
  const declared = raw["capabilities"];
  const capabilities = isObject(declared)
    ? Object.keys(declared).filter((name) => declared[name] === true)
    : [];
  return { type, capabilities, config: raw };
}

/** True for a network that only sets up `lo`: it is not what pods are attached to. */
export function isLoopbackOnly(list: NetworkList): boolean {
  return list.plugins.every((plugin) => plugin.type === "loopback");
}

/** The list as JSON that `parseList` reads back, run with `version`. */
export function listToJson(list: NetworkList, version: CniVersion): JsonObject {
  return {
    cniVersion: version,
    name: list.name,
    ...(list.disableCheck ? { disableCheck: true } : {}),
    ...(list.disableGc ? { disableGC: true } : {}),
    plugins: list.plugins.map((plugin) => plugin.config),
  };
}

/** What goes to a plugin besides its own configuration. */
export interface PluginInput {
  readonly network: string;
  readonly version: CniVersion;
  readonly capabilityArgs?: JsonObject;
  readonly prevResult?: JsonObject | undefined;
  /** Top-level keys that belong to one verb. */
  readonly extra?: JsonObject;
}

/**
 * A plugin's stdin: its configuration with the list's name and version, the capabilities it
 * declared and was given, and the result before it. `capabilities` stays in, as in libcni, which
 * every plugin is used to.
 */
export function pluginStdin(plugin: PluginConfig, input: PluginInput): JsonObject {
  const given = input.capabilityArgs ?? {};
  const runtimeConfig: Record<string, Json> = {};
  for (const name of plugin.capabilities) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined) runtimeConfig[name] = value;
  }
  const { prevResult: _stale, ...config } = plugin.config;
  return {
    ...config,
    cniVersion: input.version,
    name: input.network,
    ...(Object.keys(runtimeConfig).length === 0 ? {} : { runtimeConfig }),
    ...(input.prevResult === undefined ? {} : { prevResult: input.prevResult }),
    ...input.extra,
  };
}

function parseName(raw: Json | undefined): string {
  if (raw === undefined || raw === "") throw invalidArgument(`It has no "name"`);
  if (typeof raw !== "string" || !namePattern.test(raw)) {
    throw invalidArgument(
      `Name ${JSON.stringify(raw).slice(0, 200)} is not letters, digits, "_", "." and "-"`,
    );
  }
  return raw;
}

/** libcni takes the words as well as the booleans. */
function parseFlag(raw: JsonObject, key: string): boolean {
  const value = raw[key];
  if (value === undefined || value === false || value === "false") return false;
  if (value === true || value === "true") return true;
  throw invalidArgument(`"${key}" is neither true nor false`);
}
