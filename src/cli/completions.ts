/**
 * What `frakti completions SHELL` prints: a script made from the tables of commands and flags, so
 * that shells never know less than the program. Containers and pods are asked of the frakti that
 * runs, while the key is pressed.
 */

import { invalidArgument } from "../lib/errors.ts";
import type { Command } from "./commands.ts";
import { shells } from "./completion_facts.ts";
import { bashCompletions } from "./completions_bash.ts";
import { fishCompletions } from "./completions_fish.ts";
import { zshCompletions } from "./completions_zsh.ts";
import type { FlagSpec } from "./flag_table.ts";

/** @throws FraktiError InvalidArgument for a shell that is not known. */
export function completionScript(
  shell: string,
  commands: readonly Command[],
  flags: readonly FlagSpec[],
): string {
  const told = commands.filter(({ summary }) => summary !== undefined);
  const current = flags.filter(({ isOld }) => isOld !== true);
  switch (shell) {
    case "bash":
      return bashCompletions(told, current);
    case "zsh":
      return zshCompletions(told, current);
    case "fish":
      return fishCompletions(told, current);
    default:
      throw invalidArgument(`There are completions for ${shells.join(", ")}, not for "${shell}"`);
  }
}
