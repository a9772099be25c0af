/**
 * From a command line to an exit code. Errors about the command line or the configuration become
 * one line and exit code 2 before anything is started; any other error one line and 1. Called by
 * `main.ts` only.
 */

import { describe, hasCode, invalidArgument } from "../lib/errors.ts";
import { type CliParts, type Command, commands, exitFailed, exitUsage } from "./commands.ts";
import { flagTable } from "./flag_table.ts";
import { type Arguments, parseArguments } from "./flags.ts";
import { commandHelp, helpText } from "./help.ts";

/** Runs the command that `argv` (without the program's name) asks for. Never rejects. */
export async function runCli(argv: readonly string[], parts: CliParts): Promise<number> {
  try {
    const args = parseArguments(argv);
    if (args.wantsHelp || args.command === "help") {
      const about = commands.find(({ name, flags }) => name === args.command && flags);
      parts.output.stdout(
        about === undefined ? helpText(commands, flagTable) : commandHelp(about),
      );
      return 0;
    }
    return await chooseCommand(args).run(args, parts);
  } catch (error) {
    parts.output.stderr(`frakti: ${describe(error)}\n`);
    return hasCode(error, "InvalidArgument") ? exitUsage : exitFailed;
  }
}

function chooseCommand(args: Arguments): Command {
  const name = args.wantsVersion ? "version" : args.command ?? "serve";
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    throw invalidArgument(`Unknown command ${JSON.stringify(name)}: see "frakti --help"`);
  }
  const { words = [] } = command;
  const takesMore = words.at(-1)?.includes("...") === true;
  const [extra] = args.words.slice(words.length);
  if (extra !== undefined && !takesMore) {
    throw invalidArgument(`Unexpected argument ${JSON.stringify(extra)}: see "frakti --help"`);
  }
  const missing = words[args.words.length];
  if (missing !== undefined && !missing.startsWith("[")) {
    throw invalidArgument(`Command "frakti ${name}" needs ${missing}`);
  }
  const canJson = name === "check" || command.flags?.some((flag) => flag.name === "output");
  if (args.wantsJson && canJson !== true) {
    throw invalidArgument(`Flag --json is for "frakti check", not for "frakti ${name}"`);
  }
  return command;
}
