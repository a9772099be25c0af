/**
 * What every shell's completions are made from: which flags take a value and what stands for it,
 * how many words a command takes and what they name. Pure; called by the scripts of each shell.
 */

import type { Command } from "./commands.ts";
import type { FlagSpec } from "./flag_table.ts";
import { findNodeCommand, type NodeCommand } from "./node_commands.ts";

export const shells: readonly string[] = ["bash", "zsh", "fish"];

/** Lists the names of things for a shell; quiet when frakti does not run. */
const listings: Readonly<Record<NonNullable<NodeCommand["completes"]>, string>> = {
  "containers": "frakti ps --all --quiet 2>/dev/null",
  "running containers": "frakti ps --quiet 2>/dev/null",
  "pods": "frakti pods --all --quiet 2>/dev/null",
};

/** What a command's words are. */
export interface WordFacts {
  /** A list of a shell: names, or the command that prints them in `$()`. Empty = nothing is known. */
  readonly list: string;
  /** After so many words there are no more; undefined = there may always be another. */
  readonly most?: number;
  /** What follows so many words is another program's command line, flags included. */
  readonly passesRestAfter?: number;
}

/** What the words of `command` are; `run` words a call of a program in the shell's way. */
export function wordsOf(
  { name, words = [] }: Command,
  run: (call: string) => string,
): WordFacts {
  const { completes, passesRestAfter } = findNodeCommand(name) ?? {};
  const list = name === "completions"
    ? shells.join(" ")
    : completes === undefined
    ? ""
    : run(listings[completes]);
  if (passesRestAfter !== undefined) return { list, most: passesRestAfter, passesRestAfter };
  return words.at(-1)?.includes("...") === true ? { list } : { list, most: words.length };
}

/** What the help calls values that are paths. */
const pathValues = ["FILE", "DIR", "DIRS", "SOCKET"];

/** What stands for the value of a flag; undefined when it takes none. */
export function valueOf({ value, choices }: FlagSpec): "path" | readonly string[] | undefined {
  if (value === undefined) return undefined;
  return pathValues.includes(value) ? "path" : choices ?? [];
}

/** As typed: `--output`, `-o`. */
export function spellings({ name, letter }: FlagSpec): readonly string[] {
  return [`--${name}`, ...(letter === undefined ? [] : [`-${letter}`])];
}

/**
 * The flags that `wanted` accepts as patterns of COMMAND:FLAG, `*` for every command: one letter
 * means different things to different commands.
 */
export function patternsOf(
  commands: readonly Command[],
  flags: readonly FlagSpec[],
  wanted: (value: ReturnType<typeof valueOf>) => boolean,
): readonly string[] {
  const found = (own: readonly FlagSpec[], command: string) =>
    own.filter((flag) => wanted(valueOf(flag)))
      .flatMap((flag) => spellings(flag).map((spelling) => `${command}:${spelling}`));
  return [
    ...found(flags, "*"),
    ...commands.flatMap(({ name, flags: own = [] }) => found(own, name)),
  ];
}

/** Within single quotes of a shell; the help has no business with them. */
export function quoted(text: string): string {
  return text.replaceAll("'", "’");
}
