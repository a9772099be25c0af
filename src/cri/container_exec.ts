/**
 * Exec: checks the request, then answers with the URL at which the streaming server awaits the
 * client.
 */

import { unimplemented } from "../lib/errors.ts";
import type { UnaryHandler } from "./handler.ts";
import { toContainerId } from "./lookup.ts";
import { checkStreams, runningContainer, toCommand } from "./streams.ts";
import type { ExecRequest, ExecResponse } from "./wire.ts";

/** @throws FraktiError NotFound; FailedPrecondition when the container does not run. */
export const exec: UnaryHandler<ExecRequest, ExecResponse> = async (
  { node, streaming },
  { containerId, cmd, ...streams },
) => {
  const id = toContainerId(containerId);
  const command = toCommand(cmd);
  checkStreams(streams);
  const container = runningContainer(node, id, "exec in");
  if (streaming === undefined) throw unimplemented("This frakti has no streaming server");
  return { url: await streaming.exec({ containerId: container.id, command, ...streams }) };
};
