/**
 * The command line. `main.ts` calls {@linkcode runCli} with what only it may know: how to serve
 * and what CNI says.
 */

export { runCli } from "./run.ts";
export { type CliOutput, type CliParts, exitUsage } from "./commands.ts";
export type { Check, CheckResult } from "./check.ts";
export type { NetworkFacts, NetworkProbe } from "./check_network.ts";
export type { Config } from "./config.ts";
export { type BuildInfo, buildInfo } from "./build_info.ts";
export { ownProgram } from "./own_program.ts";
