/** Completions for zsh: `_arguments` for the line up to the command, and once more behind it. Pure. */

import type { Command } from "./commands.ts";
import { quoted, spellings, valueOf, wordsOf } from "./completion_facts.ts";
import type { FlagSpec } from "./flag_table.ts";

/** The script for `commands` and the flags that all of them have. */
export function zshCompletions(
  commands: readonly Command[],
  flags: readonly FlagSpec[],
): string {
  const names = commands.map(({ name, summary = "" }) => `    '${name}:${quoted(summary)}'`);
  const arms = commands.map((command) => {
    const specs = [...(command.flags ?? []).flatMap(flagSpecs), ...wordSpecs(command)];
    return `        ${command.name}) _arguments -s : $flags ${specs.join(" ")} ;;`;
  });
  return `#compdef frakti
# Completions of frakti for zsh; put them as _frakti into a directory of $fpath
_frakti() {
  local curcontext=$curcontext context state state_descr line
  typeset -A opt_args
  local -a commands=(
${names.join("\n")}
  )
  local -a flags=(
${flags.flatMap(flagSpecs).map((spec) => `    ${spec}`).join("\n")}
  )
  # Flags behind the command are the business of the second call.
  _arguments -s -C : $flags '(-)1:command:->command' '(-)*::argument:->argument' && return
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
${arms.join("\n")}
        *) false ;;
      esac ;;
    *) false ;;
  esac
}
if [ "$funcstack[1]" = "_frakti" ]; then _frakti "$@"; else compdef _frakti frakti; fi
`;
}

/** A spec for each spelling; one of them on the line is enough. */
function flagSpecs(flag: FlagSpec): readonly string[] {
  const value = valueOf(flag);
  const action = value === "path" ? "_files" : value?.length ? `(${value.join(" ")})` : "";
  const help = quoted(flag.help).replaceAll("[", "(").replaceAll("]", ")");
  const tail = `[${help}]${value === undefined ? "" : `:${flag.value}:${action}`}`;
  const all = spellings(flag);
  const others = all.length > 1 ? `(${all.join(" ")})` : "";
  return all.map((spelling) => {
    const takes = value !== undefined && spelling.startsWith("--") ? "=" : "";
    return `'${others}${spelling}${takes}${tail}'`;
  });
}

/** In single quotes: zsh runs what is in them when it is asked for words, not for flags. */
function wordSpecs(command: Command): readonly string[] {
  const { list, most, passesRestAfter } = wordsOf(command, (call) => `$(${call})`);
  const action = list === "" ? "" : `(${list})`;
  const places = most === undefined ? ["*"] : Array.from({ length: most }, (_, i) => `${i + 1}`);
  const specs = places.map((place) => `'${place}:name:${action}'`);
  return passesRestAfter === undefined ? specs : [...specs, "'(-)*::command:'"];
}
