/**
 * The commands of the program. One entry each: name, line in the help, what it does. Commands for
 * people at a node are added here. Called by run.ts after the flags were read.
 */

import { systemClock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import { buildInfo } from "./build_info.ts";
import type { Config } from "./config.ts";
import type { Arguments } from "./flags.ts";
import type { Check } from "./check.ts";
import type { NetworkProbe } from "./check_network.ts";
import { type NodeCommand, nodeCommands } from "./node_commands.ts";
import { versionLine } from "./version.ts";

/** The command was understood and failed. */
export const exitFailed = 1;

/** For scripts: the command line or the configuration was wrong, nothing was started. */
export const exitUsage = 2;

/** Where output goes. */
export interface CliOutput {
  stdout(text: string): void;
  stderr(text: string): void;
}

/** A command for people at a node, understood. */
export interface NodeCommandCall {
  readonly command: string;
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  readonly config: Config;
}

/** What `main.ts` supplies, because the command line knows no engine and no network. */
export interface CliParts {
  /** Serves until a signal ends it; resolves with the exit code. */
  readonly serve: (config: Config, log: Logger) => Promise<number>;
  /** What CNI makes of the configuration directory. */
  readonly network: NetworkProbe;
  /** Checks that need a part's insides, such as those of a hypervisor engine. */
  readonly moreChecks?: (config: Config) => readonly Check[];
  /** Dials in a pod's network namespace for the frakti that started this one. */
  readonly dialHelper: (socketPath: string) => Promise<void>;
  /** Asks the frakti that runs; resolves with the exit code. */
  readonly askNode: (call: NodeCommandCall) => Promise<number>;
  readonly output: CliOutput;
}

/** A command. It gives the exit code; an InvalidArgument error it throws means exit code 2. */
export interface Command {
  readonly name: string;
  /** Its line in the help; commands that frakti runs itself have none and stay out of it. */
  readonly summary?: string;
  /** What the words after it mean; it takes as many, fewer where they stand in brackets. */
  readonly words?: readonly string[];
  /** The flags that only this command has. */
  readonly flags?: NodeCommand["flags"];
  run(args: Arguments, parts: CliParts): Promise<number>;
}

export const commands: readonly Command[] = [
  { name: "serve", summary: "serve the kubelet (the default)", run: runServe },
  { name: "check", summary: "tell what on this node is fine, missing or wrong", run: runCheck },
  ...nodeCommands.map((command): Command => ({
    ...command,
    run: (args, parts) => runNodeCommand(command, args, parts),
  })),
  {
    name: "completions",
    words: ["SHELL"],
    summary: "print what makes bash, zsh or fish complete these",
    run: runCompletions,
  },
  { name: "version", summary: "print the version", run: runVersion },
  { name: "dial-helper", words: ["SOCKET"], run: runDialHelper },
  { name: "kept-files", run: runKeptFiles },
];

/** Imports wait until they are needed: `frakti version` answers without the YAML parser. */
async function readConfig(args: Arguments) {
  const { defaultConfigPath, loadConfig } = await import("./config.ts");
  const path = args.configPath ?? defaultConfigPath;
  const loaded = await loadConfig(path, args.configPath !== undefined, args.overrides);
  return { path, ...loaded };
}

async function runServe(args: Arguments, parts: CliParts): Promise<number> {
  const { config, path, hasFile } = await readConfig(args);
  const { createLogger } = await import("./logging.ts");
  const log = createLogger(config.log);
  if (args.ignoredFlags.length > 0) {
    const flags = [...new Set(args.ignoredFlags)].join(" ");
    log.warn("Ignored flags that no longer have a meaning; logs go to standard error", { flags });
  }
  const { version, commit } = buildInfo;
  log.info("Starting frakti", { version, commit, config: hasFile ? path : "defaults" });
  try {
    return await parts.serve(config, log);
  } catch (error) {
    log.error("Frakti cannot go on", { error });
    return exitFailed;
  }
}

async function runCheck(args: Arguments, parts: CliParts): Promise<number> {
  const { config, path, hasFile } = await readConfig(args);
  const { checkExitCode, formatReports, formatReportsJson, runChecks } = await import("./check.ts");
  const { nodeChecks } = await import("./check_node.ts");
  const checks = [
    ...nodeChecks({ config, path, hasFile }, parts.network),
    ...(parts.moreChecks?.(config) ?? []),
  ];
  const reports = await runChecks(checks, systemClock);
  parts.output.stdout(args.wantsJson ? formatReportsJson(reports) : formatReports(reports));
  return checkExitCode(reports);
}

function runVersion(_args: Arguments, parts: CliParts): Promise<number> {
  parts.output.stdout(`${versionLine(buildInfo, Deno.version.deno, Deno.build.arch)}\n`);
  return Promise.resolve(0);
}

async function runNodeCommand(
  { name, flags }: NodeCommand,
  { words, options, wantsJson, ...args }: Arguments,
  parts: CliParts,
): Promise<number> {
  const { config } = await readConfig({ words, options, wantsJson, ...args });
  const isList = flags.some((flag) => flag.name === "output");
  return await parts.askNode({
    command: name,
    words,
    options: wantsJson && isList ? new Map([...options, ["output", "json"]]) : options,
    config,
  });
}

async function runCompletions({ words: [shell = ""] }: Arguments, parts: CliParts) {
  const { completionScript } = await import("./completions.ts");
  const { flagTable } = await import("./flag_table.ts");
  parts.output.stdout(completionScript(shell, commands, flagTable));
  return 0;
}

/** For install.sh and the package, which remove what it prints. */
async function runKeptFiles(args: Arguments, parts: CliParts): Promise<number> {
  const { config } = await readConfig(args);
  const { formatKeptFiles, keptFiles } = await import("./kept_files.ts");
  parts.output.stdout(formatKeptFiles(keptFiles(config)));
  return 0;
}

async function runDialHelper({ words: [socketPath = ""] }: Arguments, parts: CliParts) {
  await parts.dialHelper(socketPath);
  return 0;
}
