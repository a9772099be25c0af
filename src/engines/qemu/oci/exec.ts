/**
 * The process of an exec: the container's own, with another command.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { ExecRequest } from "../../domain.ts";
import { execEnvironment } from "./env.ts";
import type { OciProcess } from "./spec.ts";

/** @throws FraktiError InvalidArgument for a command without words, or one with a zero byte. */
export function execProcess(
  container: OciProcess,
  { command, tty }: Pick<ExecRequest, "command" | "tty">,
): OciProcess {
  if (command.length === 0) throw invalidArgument("The command to execute is empty");
  if (command.some((word) => word.includes("\0"))) {
    throw invalidArgument("A word of the command holds a zero byte");
  }
  return {
    ...container,
    terminal: tty,
    args: command,
    env: execEnvironment(container.env, tty),
  };
}
