/**
 * What Exec, Attach and ExecSync check alike.
 */

import type { Container } from "../engines/domain.ts";
import type { ContainerId } from "../engines/ids.ts";
import { failedPrecondition, invalidArgument } from "../lib/errors.ts";
import type { NodeApi } from "../node/api.ts";
import { withoutNul } from "./convert/checks.ts";
import type { StreamSelection } from "./streaming.ts";

/** @throws FraktiError InvalidArgument for a choice of streams that cannot be served. */
export function checkStreams({ tty, stdin, stdout, stderr }: StreamSelection): void {
  if (tty && stderr) {
    throw invalidArgument(
      'Fields "tty" and "stderr" exclude each other: a terminal has one output',
    );
  }
  if (!stdin && !stdout && !stderr) {
    throw invalidArgument('One of the fields "stdin", "stdout" and "stderr" must be set');
  }
}

/** @throws FraktiError InvalidArgument when there is nothing to run. */
export function toCommand(cmd: readonly string[]): readonly string[] {
  if (cmd.length === 0 || cmd[0] === "") throw invalidArgument('Field "cmd" names no program');
  return cmd.map((arg) => withoutNul(arg, "cmd"));
}

/** @throws FraktiError NotFound; FailedPrecondition when it does not run. */
export function runningContainer(node: NodeApi, id: ContainerId, verb: string): Container {
  const container = node.container(id);
  if (container.state !== "running") {
    throw failedPrecondition(
      `Cannot ${verb} container "${container.id}": it is ${container.state}`,
    );
  }
  return container;
}
