/**
 * Reads the command line: which command, which file, which keys are set. Knows the grammar
 * (`--flag value`, `--flag=value`, `_` for `-`, switches), not the meaning of any key; a wrong
 * value of a key is found by config.ts. Called by run.ts.
 */

import { invalidArgument } from "../lib/errors.ts";
import type { Override } from "./config.ts";
import { type FlagSpec, flagTable } from "./flag_table.ts";
import { findNodeCommand, type NodeCommand } from "./node_commands.ts";

/** A command line that has been understood. */
export interface Arguments {
  /** The first word, or undefined when there was none. */
  readonly command: string | undefined;
  /** Words after the command; only commands that say so take any. */
  readonly words: readonly string[];
  readonly configPath: string | undefined;
  readonly overrides: readonly Override[];
  /** Flags of the command itself, by name; switches are "true" or "false". */
  readonly options: ReadonlyMap<string, string>;
  /** Flags that were accepted and do nothing, as typed. */
  readonly ignoredFlags: readonly string[];
  readonly wantsHelp: boolean;
  readonly wantsVersion: boolean;
  readonly wantsJson: boolean;
}

/**
 * Understands `argv` (without the program's name). When a flag is given twice the last one wins,
 * as it did in v0.1.
 * @throws FraktiError InvalidArgument with one line that names the flag.
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const words: string[] = [];
  const overrides: Override[] = [];
  const ignoredFlags: string[] = [];
  const options = new Map<string, string>();
  let own: NodeCommand | undefined;
  const wanted = { help: false, version: false, json: false };
  let configPath: string | undefined;

  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? "";
    if (argument === "--") {
      words.push(...argv.slice(i + 1));
      break;
    }
    if (!argument.startsWith("-") || argument === "-") {
      words.push(argument);
      if (words.length === 1) own = findNodeCommand(argument);
      if (own?.passesRestAfter === undefined || words.length - 1 <= own.passesRestAfter) continue;
      words.push(...argv.slice(i + 1)); // Somebody else's command line begins here.
      break;
    }
    const letters = lettersOf(argument, own);
    if (letters !== undefined) {
      for (const { name } of letters) options.set(name, "true");
      continue;
    }
    const { typed, inline } = splitFlag(argument);
    const spec = findFlag(typed, own);
    let value = inline;
    if (value === undefined) {
      if (spec.kind === "switch") value = "true";
      else value = valueAfter(argv, i++, typed);
    }
    if (spec.kind === "switch" && value !== "true" && value !== "false") {
      throw invalidArgument(`Invalid flag ${typed}: must be true or false, not "${value}"`);
    }
    const { effect } = spec;
    switch (effect.type) {
      case "set":
        for (const change of effect.set(value)) overrides.push({ flag: typed, ...change });
        break;
      case "config":
        configPath = value;
        break;
      case "option":
        options.set(spec.name, value);
        break;
      case "ignored":
        ignoredFlags.push(typed);
        break;
      default:
        wanted[effect.type] = value === "true";
    }
  }
  return {
    command: words[0],
    words: words.slice(1),
    configPath,
    overrides,
    options,
    ignoredFlags,
    wantsHelp: wanted.help,
    wantsVersion: wanted.version,
    wantsJson: wanted.json,
  };
}

function splitFlag(argument: string): { typed: string; inline: string | undefined } {
  const equals = argument.indexOf("=");
  if (equals < 0) return { typed: argument, inline: undefined };
  return { typed: argument.slice(0, equals), inline: argument.slice(equals + 1) };
}

/** Several switches of a command in one word, as in `exec -it`. */
function lettersOf(argument: string, own: NodeCommand | undefined): FlagSpec[] | undefined {
  if (own === undefined || !/^-[A-Za-z]{2,}$/.test(argument)) return undefined;
  const specs = [...argument.slice(1)].flatMap((letter) =>
    own.flags.filter((flag) => flag.letter === letter && flag.kind === "switch")
  );
  return specs.length === argument.length - 1 ? specs : undefined;
}

function findFlag(typed: string, own: NodeCommand | undefined): FlagSpec {
  const isShort = /^-[^-]$/.test(typed);
  const name = typed.replace(/^--?/, "").replaceAll("_", "-");
  const mine = own?.flags.find((flag) => isShort ? flag.letter === name : flag.name === name);
  if (mine !== undefined && (isShort || typed.startsWith("--"))) return mine;
  const spec = typed.startsWith("--") || isShort
    ? flagTable.find((candidate) => candidate.name === (name === "h" ? "help" : name))
    : undefined;
  if (spec !== undefined) return spec;
  const near = nearestFlag(name, own?.flags ?? []);
  const hint = near === undefined ? 'see "frakti --help"' : `did you mean --${near}?`;
  throw invalidArgument(`Unknown flag ${typed}: ${hint}`);
}

function valueAfter(argv: readonly string[], index: number, typed: string): string {
  const next = argv[index + 1];
  if (next === undefined || next.startsWith("--")) {
    throw invalidArgument(`Flag ${typed} needs a value`);
  }
  return next;
}

/** How many single-letter edits still count as a slip of the finger. */
const maxSlips = 2;

function nearestFlag(name: string, own: readonly FlagSpec[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(maxSlips, Math.floor(name.length / 3)) + 1;
  for (const { name: candidate } of [...flagTable, ...own]) {
    const slips = editDistance(name.slice(0, 64), candidate);
    if (slips < least) [best, least] = [candidate, slips];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
