/**
 * The process of an exec: the container's own, with another command.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { ExecRequest } from "../../domain.ts";
import { execEnvironment, launched } from "./env.ts";
import type { OciProcess } from "./spec.ts";

export interface ExecFacts {
  /** The container has variables that are no text. */
  readonly isLaunched: boolean;
}

/** @throws FraktiError InvalidArgument for a command without words, or one with a zero byte. */
export function execProcess(
  container: OciProcess,
  { command, tty }: Pick<ExecRequest, "command" | "tty">,
  { isLaunched }: ExecFacts,
): OciProcess {
  if (command.length === 0) throw invalidArgument("The command to execute is empty");
  if (command.some((word) => word.includes("\0"))) {
    throw invalidArgument("A word of the command holds a zero byte");
  }
  return {
    ...container,
    terminal: tty,
    args: isLaunched ? launched(command) : command,
    env: execEnvironment(container.env, tty),
  };
}
