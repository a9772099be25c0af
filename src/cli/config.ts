/**
 * The configuration as one typed value: defaults, then the YAML file, then flags. The only place
 * that merges the three and that words an error about a key. Never looks at what the keys are for;
 * `main.ts` hands the values to the parts that need them.
 */

import * as v from "valibot";
import { describe, FraktiError, invalidArgument } from "../lib/errors.ts";
import { readTextIfExists } from "../lib/files.ts";
import { configSchema } from "./config_schema.ts";
import { maxConfigBytes, parseYamlTree, type RawTree } from "./yaml_file.ts";

type DeepReadonly<T> = { readonly [Key in keyof T]: DeepReadonly<T[Key]> };

/**
 * Every setting, checked and complete. Keys are those of the file, except that sizes end in
 * `Bytes` and are numbers, `docker.endpoint` has become `docker.socketPath`, and socket paths have
 * lost their `unix://`. `hypervisor.memory` is in MB.
 */
export type Config = DeepReadonly<v.InferOutput<typeof configSchema>>;

/** A key set on the command line; `value` as the file would have it. */
export interface Override {
  /** As typed, with its dashes, for the error line. */
  readonly flag: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Where the file is read unless `--config` says otherwise; it need not exist. */
export const defaultConfigPath = "/etc/frakti/config.yaml";

/** A quoted value in an error line is cut to this many characters. */
const maxQuoted = 60;

/**
 * Reads the file (an absent one is empty unless `isRequired`), lays `overrides` over it, and
 * checks the result.
 * @throws FraktiError InvalidArgument with one line that names the file and the key, or the flag.
 */
export async function loadConfig(
  path: string,
  isRequired: boolean,
  overrides: readonly Override[],
): Promise<{ readonly config: Config; readonly hasFile: boolean }> {
  const text = await readConfigText(path);
  if (text === undefined && isRequired) {
    throw invalidArgument(`Cannot read config "${path}": no such file`);
  }
  return { config: buildConfig(path, text ?? "", overrides), hasFile: text !== undefined };
}

/** The configuration of a file's text and of flags; pure. Throws like {@linkcode loadConfig}. */
export function buildConfig(
  path: string,
  text: string,
  overrides: readonly Override[] = [],
): Config {
  const prefix = `Invalid config "${path}": `;
  let tree: RawTree;
  try {
    tree = parseYamlTree(text);
  } catch (error) {
    throw invalidArgument(`${prefix}${describe(error)}`);
  }
  check(tree, (problem) => `${prefix}${problem}`);
  for (const { flag, path, value } of overrides) {
    const only: RawTree = {};
    set(only, path, value);
    check(only, (problem) => `Invalid flag ${flag}: ${problem.slice(path.join(".").length + 1)}`);
    set(tree, path, value);
  }
  const config = check(tree, (problem) => `${prefix}${problem}`);
  if (config.hypervisor.engine === "none" && !config.docker.enabled) {
    throw invalidArgument(
      `${prefix}docker.enabled must be true when hypervisor.engine is none, or no pod could run`,
    );
  }
  const { tlsCertFile, tlsKeyFile } = config.streaming;
  if ((tlsCertFile === "") !== (tlsKeyFile === "")) {
    throw invalidArgument(
      `${prefix}streaming.tlsCertFile and streaming.tlsKeyFile must be set both or neither`,
    );
  }
  return config;
}

async function readConfigText(path: string): Promise<string | undefined> {
  try {
    return await readTextIfExists(path, maxConfigBytes);
  } catch (error) {
    const reason = error instanceof FraktiError ? `over ${maxConfigBytes} bytes` : describe(error);
    throw invalidArgument(`Cannot read config "${path}": ${reason}`);
  }
}

function check(tree: RawTree, word: (problem: string) => string): Config {
  const result = v.safeParse(configSchema, tree);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw invalidArgument(word(wordIssue(tree, issue)));
}

function wordIssue(tree: RawTree, issue: v.BaseIssue<unknown>): string {
  const keys = (issue.path ?? []).map((item) => String(item.key));
  const name = printable(keys.join("."));
  if (issue.type === "strict_object" && issue.expected === "never") return `unknown key ${name}`;
  const isKey = issue.path?.at(-1)?.origin === "key";
  const value = isKey ? keys.at(-1) : get(tree, keys);
  return `${name} must be ${issue.message}, not ${quote(value)}`;
}

/** The raw value, because the issue may hold what a transformation has made of it. */
function get(tree: unknown, keys: readonly string[]): unknown {
  let value = tree;
  for (const key of keys) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return value;
}

function set(tree: RawTree, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const child: RawTree = { ...asTree(tree[key]) };
  set(child, rest, value);
  tree[key] = child;
}

function asTree(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

function quote(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  return printable(JSON.stringify(value) ?? String(value));
}

function printable(text: string): string {
  const clean = text.replace(/\p{Cc}/gu, "?");
  return clean.length > maxQuoted ? `${clean.slice(0, maxQuoted)}...` : clean;
}
