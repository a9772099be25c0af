/** Completions for bash: one function that reads the line as flags.ts does. Pure. */

import type { Command } from "./commands.ts";
import { patternsOf, valueOf, wordsOf } from "./completion_facts.ts";
import type { FlagSpec } from "./flag_table.ts";

/** The script for `commands` and the flags that all of them have. */
export function bashCompletions(
  commands: readonly Command[],
  flags: readonly FlagSpec[],
): string {
  const arms = commands.map((command) => {
    const { list, most, passesRestAfter } = wordsOf(command, (call) => `$(${call})`);
    const known = longNames([...command.flags ?? [], ...flags]);
    const steps = [
      ...(passesRestAfter === undefined ? [] : [`((count < ${passesRestAfter})) || return 0`]),
      `flags="${known}"`,
      ...(list === "" ? [] : [most === undefined ? "" : `((count >= ${most})) || `].map(
        (condition) => `${condition}words="${list}"`,
      )),
    ];
    return `    ${command.name}) ${steps.join("; ")} ;;`;
  });
  const valued = patternsOf(commands, flags, (value) => value !== undefined);
  const paths = patternsOf(commands, flags, (value) => value === "path");
  return `# Completions of frakti for bash; put them into /etc/bash_completion.d/frakti
_frakti() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local command= count=0 skip= word flags= words=
  COMPREPLY=()
  # Readline makes words of their own of "=" and of what stands behind it.
  if [[ $cur == "=" ]]; then cur=
  elif [[ $prev == "=" ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word == "=" ]]; then skip=1
    elif [[ -n $skip ]]; then skip=
    elif [[ $word == -* ]]; then
      case $command:$word in
        ${valued.join(" | ")}) skip=1 ;;
      esac
    elif [[ -z $command ]]; then command=$word
    else ((count += 1))
    fi
  done
  case $command in
${arms.join("\n")}
    "") flags="${longNames(flags)}"; words="${commands.map(({ name }) => name).join(" ")}" ;;
  esac
  case $command:$prev in
    ${paths.join(" | ")})
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      return 0 ;;
${choices(commands, flags).join("\n")}
    ${valued.join(" | ")}) return 0 ;;
  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
}
complete -F _frakti frakti
`;
}

/** An arm for each set of words that flags take. */
function choices(commands: readonly Command[], flags: readonly FlagSpec[]): readonly string[] {
  const all = [...flags, ...commands.flatMap(({ flags: own = [] }) => own)];
  const lists = new Set(all.flatMap((flag) => listOf(valueOf(flag))));
  return [...lists].map((list) => {
    const names = patternsOf(commands, flags, (value) => listOf(value).includes(list));
    return `    ${names.join(" | ")}) COMPREPLY=($(compgen -W "${list}" -- "$cur")); return 0 ;;`;
  });
}

function listOf(value: ReturnType<typeof valueOf>): readonly string[] {
  return typeof value === "string" || value === undefined || value.length === 0
    ? []
    : [value.join(" ")];
}

function longNames(flags: readonly FlagSpec[]): string {
  return flags.map(({ name }) => `--${name}`).join(" ");
}
