/** `frakti exec`: a command in a container, over the streaming server as kubectl does it. */

import { failedPrecondition } from "../lib/errors.ts";
import { containerState } from "./containers.ts";
import { openExec } from "./exec_session.ts";
import { findContainer } from "./find.ts";
import { type ClientCommand, isOn } from "./request.ts";

/** CONTAINER COMMAND...; `-i`, `-t`. Resolves with the command's exit code. */
export const exec: ClientCommand = async (deps, request) => {
  const { node, terminal } = deps;
  const [word = "", ...cmd] = request.words;
  const [containers, pods] = await Promise.all([node.containers(), node.pods()]);
  const container = findContainer(word, containers, pods);
  if (containerState(container) !== "running") {
    throw failedPrecondition(
      `Container "${container.id}" does not run: it is ${containerState(container)}`,
    );
  }
  const tty = isOn(request, "tty");
  const stdin = isOn(request, "stdin");
  if (tty && stdin && !terminal.isInTerminal) {
    throw failedPrecondition("Standard input is no terminal: leave out -t");
  }
  const url = await node.exec({
    containerId: container.id,
    cmd,
    tty,
    stdin,
    stdout: true,
    stderr: !tty,
  });
  return await openExec(deps, { url, tty, stdin });
};
