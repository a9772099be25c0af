/**
 * The commands for people at a node: `pods`, `ps`, `images`, `pull`, `logs`, `exec`, `stop`. A
 * client of frakti's own socket; knows the CRI's messages and nothing of the server's parts.
 * Called by `main.ts`.
 */

import { internal } from "../lib/errors.ts";
import { ps } from "./containers.ts";
import { exec } from "./exec.ts";
import { images } from "./images.ts";
import { logs } from "./logs.ts";
import { pods } from "./pods.ts";
import { pull } from "./pull.ts";
import type { ClientCommand, ClientDeps, ClientRequest } from "./request.ts";
import { stop } from "./stop.ts";

export { connectNode } from "./node_client.ts";
export { systemTerminal } from "./terminal.ts";

const commands: Readonly<Record<string, ClientCommand>> = {
  pods,
  ps,
  images,
  pull,
  logs,
  exec,
  stop,
};

/** What a shell makes of a program that SIGPIPE ended. */
const exitBrokenPipe = 141;

/** Runs a command; resolves with its exit code. @throws FraktiError with one line for people. */
export async function runClient(deps: ClientDeps, request: ClientRequest): Promise<number> {
  const command = commands[request.command];
  if (command === undefined) throw internal(`No such command "${request.command}"`);
  try {
    return await command(deps, request);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return exitBrokenPipe; // `frakti ps | head -n 1`
    throw error;
  } finally {
    deps.node.close();
  }
}
