/** Completions for fish: conditions on the words before the cursor, a line for each offer. Pure. */

import type { Command } from "./commands.ts";
import { patternsOf, quoted, valueOf, wordsOf } from "./completion_facts.ts";
import type { FlagSpec } from "./flag_table.ts";

/** The script for `commands` and the flags that all of them have. */
export function fishCompletions(
  commands: readonly Command[],
  flags: readonly FlagSpec[],
): string {
  const valued = patternsOf(commands, flags, (value) => value !== undefined);
  const facts = commands.map((command) => ({
    ...command,
    ...wordsOf(command, (call) => `(${call})`),
  }));
  const lines = facts.flatMap(({ name, summary = "", flags: own = [], list, ...limits }) => [
    `complete -c frakti -n '__frakti_at ""' -a ${name} -d '${quoted(summary)}'`,
    ...(list === "" ? [] : [`complete -c frakti ${at(name, limits.most)} -a '${list}'`]),
    ...own.map((flag) =>
      `complete -c frakti ${at(name, limits.passesRestAfter)} ${flagArguments(flag)}`
    ),
  ]);
  const endings = facts.flatMap(({ name, passesRestAfter }) =>
    passesRestAfter === undefined
      ? []
      : [`    test "$words[1]" = ${name}; and test (count $words) -gt ${passesRestAfter}`]
  );
  return `# Completions of frakti for fish; put them into ~/.config/fish/completions/frakti.fish
# The words before the cursor that are no flags and no values of flags.
function __frakti_words
    set -l words
    set -l skip 0
    for token in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch "$words[1]:$token"
            case ${valued.map((pattern) => `'${pattern}'`).join(" ")}
                set skip 1
            case '*:-*'
            case '*'
                set -a words $token
        end
    end
    string join -- \\n $words
end
# COMMAND [COUNT]: is it the command, with fewer than COUNT words behind it?
function __frakti_at
    set -l words (__frakti_words)
    test "$words[1]" = "$argv[1]"; or return
    test -z "$argv[2]"; or test (count $words) -le $argv[2]
end
# Does the line go on with another program's words?
function __frakti_passes
    set -l words (__frakti_words)
${endings.join("\n")}
end
complete -c frakti -f
${lines.join("\n")}
${
    flags.map((flag) => `complete -c frakti -n 'not __frakti_passes' ${flagArguments(flag)}`)
      .join("\n")
  }
`;
}

function at(name: string, most?: number): string {
  return `-n '__frakti_at ${name}${most === undefined ? "" : ` ${most}`}'`;
}

function flagArguments(flag: FlagSpec): string {
  const value = valueOf(flag);
  return [
    `-l ${flag.name}`,
    ...(flag.letter === undefined ? [] : [`-s ${flag.letter}`]),
    ...(value === undefined
      ? []
      : value === "path"
      ? ["-r -F"]
      : [value.length === 0 ? "-x" : `-x -a '${value.join(" ")}'`]),
    `-d '${quoted(flag.help)}'`,
  ].join(" ");
}
