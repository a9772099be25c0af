/** The official command line client, pointed at a runtime under test. */

import { type CommandOptions, type CommandResult, run, tryRun } from "./command.ts";

const top = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** Where scripts/test.sh puts the programs it builds: crictl, critest, newer CNI plugins. */
export const toolDir = `${top}/.cache/bin`;

const callTimeout = "60s"; // Of one RPC; crictl's own default of 2 s is too little here.

/** crictl bound to one runtime. */
export class Crictl {
  /** @param endpoint e.g. `unix:///tmp/x/frakti.sock` */
  constructor(readonly endpoint: string) {}

  /** Runs `crictl ARGS` and resolves with its output; throws when it fails. */
  run(args: readonly string[], options?: CommandOptions): Promise<string> {
    return run(`${toolDir}/crictl`, this.#args(args), options);
  }

  /** Runs `crictl ARGS`, whatever its exit code. */
  tryRun(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    return tryRun(`${toolDir}/crictl`, this.#args(args), options);
  }

  /** Runs `crictl ARGS -o json` and resolves with what it printed. */
  async json(args: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.run([...args, "-o", "json"]));
  }

  #args(args: readonly string[]): string[] {
    // A configuration file of the machine must not change what the tests do.
    const connection = ["--runtime-endpoint", this.endpoint, "--image-endpoint", this.endpoint];
    return ["--config", "/dev/null", ...connection, "--timeout", callTimeout, ...args];
  }
}
