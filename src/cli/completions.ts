/**
 * What `frakti completions SHELL` prints: a script made from the tables of commands and flags, so
 * that shells never know less than the program. Containers and pods are asked of the frakti that
 * runs, while the key is pressed.
 */

import { invalidArgument } from "../lib/errors.ts";
import type { Command } from "./commands.ts";
import type { FlagSpec } from "./flag_table.ts";
import { findNodeCommand, type NodeCommand } from "./node_commands.ts";

/** Lists the names of things for a shell; quiet when frakti does not run. */
const listings: Readonly<Record<NonNullable<NodeCommand["completes"]>, string>> = {
  "containers": "frakti ps --all --quiet 2>/dev/null",
  "running containers": "frakti ps --quiet 2>/dev/null",
  "pods": "frakti pods --all --quiet 2>/dev/null",
};

const shells = ["bash", "zsh", "fish"];

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
      return bash(told, current);
    case "zsh":
      return zsh(told, current);
    case "fish":
      return fish(told, current);
    default:
      throw invalidArgument(`There are completions for ${shells.join(", ")}, not for "${shell}"`);
  }
}

function bash(commands: readonly Command[], flags: readonly FlagSpec[]): string {
  const arms = commands.map(({ name, flags: own = [] }) => {
    const completes = findNodeCommand(name)?.completes;
    const words = name === "completions"
      ? shells.join(" ")
      : completes === undefined
      ? ""
      : `$(${listings[completes]})`;
    return `    ${name}) flags="${longNames([...own, ...flags])}"; words="${words}" ;;`;
  });
  const choices = choicesOf(commands).map(([names, values]) =>
    `    ${names.join(" | ")}) COMPREPLY=($(compgen -W "${values.join(" ")}" -- "$cur")); return ;;`
  );
  return `# Completions of frakti for bash; put them into /etc/bash_completion.d/frakti
_frakti() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= word flags words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) command=$word; break ;; esac
  done
  case $prev in
    --config | --auth-file | --listen) COMPREPLY=($(compgen -f -- "$cur")); return ;;
${choices.join("\n")}
  esac
  case $command in
${arms.join("\n")}
    *) flags="${longNames(flags)}"; words="${commands.map(({ name }) => name).join(" ")}" ;;
  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
}
complete -F _frakti frakti
`;
}

function zsh(commands: readonly Command[], flags: readonly FlagSpec[]): string {
  const names = commands.map(({ name, summary = "" }) => `    '${name}:${quoted(summary)}'`);
  const arms = commands.map(({ name, flags: own = [] }) => {
    const completes = findNodeCommand(name)?.completes;
    const words = name === "completions"
      ? ` '1:shell:(${shells.join(" ")})'`
      : completes === undefined
      ? ""
      : ` "*:name:($(${listings[completes]}))"`;
    const specs = [...own, ...flags].flatMap((flag) => zshFlag(flag));
    return `    ${name}) _arguments ${specs.join(" ")}${words} ;;`;
  });
  return `#compdef frakti
# Completions of frakti for zsh; put them as _frakti into a directory of $fpath
_frakti() {
  local -a commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${arms.join("\n")}
  esac
}
if [ "$funcstack[1]" = "_frakti" ]; then _frakti "$@"; else compdef _frakti frakti; fi
`;
}

function zshFlag(flag: FlagSpec): readonly string[] {
  const { name, letter, value, help, choices } = flag;
  const values = choices === undefined ? "_files" : `(${choices.join(" ")})`;
  const tail = `[${quoted(help).replaceAll("[", "(").replaceAll("]", ")")}]${
    value === undefined ? "" : `:${value}:${values}`
  }`;
  return [...(letter === undefined ? [] : [`-${letter}`]), `--${name}`].map((each) =>
    `'${each}${tail}'`
  );
}

function fish(commands: readonly Command[], flags: readonly FlagSpec[]): string {
  const lines = commands.flatMap(({ name, summary = "", flags: own = [] }) => {
    const completes = findNodeCommand(name)?.completes;
    const seen = `-n "__fish_seen_subcommand_from ${name}"`;
    const words = name === "completions"
      ? shells.join(" ")
      : completes === undefined
      ? undefined
      : `(${listings[completes]})`;
    return [
      `complete -c frakti -n __fish_use_subcommand -a ${name} -d '${quoted(summary)}'`,
      ...(words === undefined ? [] : [`complete -c frakti ${seen} -a '${words}'`]),
      ...own.map((flag) => `complete -c frakti ${seen} ${fishFlag(flag)}`),
    ];
  });
  return `# Completions of frakti for fish; put them into ~/.config/fish/completions/frakti.fish
complete -c frakti -f
${lines.join("\n")}
${flags.map((flag) => `complete -c frakti ${fishFlag(flag)}`).join("\n")}
`;
}

function fishFlag({ name, letter, value, help, choices }: FlagSpec): string {
  return [
    `-l ${name}`,
    ...(letter === undefined ? [] : [`-s ${letter}`]),
    ...(value === undefined
      ? []
      : choices === undefined
      ? ["-r -F"]
      : [`-x -a '${choices.join(" ")}'`]),
    `-d '${quoted(help)}'`,
  ].join(" ");
}

/** Flags that take one of a few words, with these. */
function choicesOf(commands: readonly Command[]): readonly [string[], readonly string[]][] {
  const found = new Map<string, [string[], readonly string[]]>();
  for (const { name, letter, choices } of commands.flatMap(({ flags = [] }) => flags)) {
    if (choices === undefined) continue;
    found.set(name, [[`--${name}`, ...(letter === undefined ? [] : [`-${letter}`])], choices]);
  }
  return [...found.values()];
}

function longNames(flags: readonly FlagSpec[]): string {
  return flags.map(({ name }) => `--${name}`).join(" ");
}

/** Within single quotes of a shell; the help has no business with them. */
function quoted(text: string): string {
  return text.replaceAll("'", "’");
}
