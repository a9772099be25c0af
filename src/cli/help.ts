/** What `frakti --help` prints, made from the tables of commands and flags. Pure. */

import type { Command } from "./commands.ts";
import type { FlagSpec } from "./flag_table.ts";

/** The whole help; lines stay within 100 columns. */
export function helpText(commands: readonly Command[], flags: readonly FlagSpec[]): string {
  const current = flags.filter((flag) => flag.isOld !== true);
  const old = flags.filter((flag) => flag.isOld === true);
  return `frakti - a Kubernetes container runtime (CRI) that runs pods in virtual machines and in Docker

Usage: frakti [COMMAND] [FLAGS]

Commands:
${table(commands.flatMap(({ name, summary }) => summary === undefined ? [] : [[name, summary]]))}

Flags (default in parentheses; they win over the configuration file):
${table(current.map((flag) => [usage(flag), flag.help]))}

Flags of Frakti v0.1 to v1.x, with the configuration key they stand for:
${table(old.map((flag) => [usage(flag), flag.help]))}

Every other setting is a key of the configuration file.
Exit codes: 0 done, 1 failed, 2 wrong command line or configuration.
`;
}

/** What `frakti COMMAND --help` prints for a command with flags of its own. */
export function commandHelp({ name, summary = "", words = [], flags = [] }: Command): string {
  return `frakti ${name} - ${summary}

Usage: frakti ${[name, "[FLAGS]", ...words].join(" ")}

Flags:
${table(flags.map((flag) => [usage(flag), flag.help]))}

--config FILE and --listen SOCKET tell which frakti is asked; see "frakti --help".
`;
}

function usage(flag: FlagSpec): string {
  if (flag.letter !== undefined) return `-${flag.letter}, ${usage(withoutLetter(flag))}`;
  const dashes = flag.name.length === 1 ? "-" : "--";
  return flag.value === undefined ? `${dashes}${flag.name}` : `${dashes}${flag.name} ${flag.value}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}

function withoutLetter({ letter: _, ...flag }: FlagSpec): FlagSpec {
  return flag;
}
