/**
 * Attach: checks the request, then answers with the URL at which the streaming server awaits the
 * client.
 */

import { unimplemented } from "../lib/errors.ts";
import type { UnaryHandler } from "./handler.ts";
import { toContainerId } from "./lookup.ts";
import { checkStreams, runningContainer } from "./streams.ts";
import type { AttachRequest, AttachResponse } from "./wire.ts";

/** @throws FraktiError NotFound; FailedPrecondition when the container does not run. */
export const attach: UnaryHandler<AttachRequest, AttachResponse> = async (
  { node, streaming },
  { containerId, ...streams },
) => {
  const id = toContainerId(containerId);
  checkStreams(streams);
  const container = runningContainer(node, id, "attach to");
  if (streaming === undefined) throw unimplemented("This frakti has no streaming server");
  return { url: await streaming.attach({ containerId: container.id, ...streams }) };
};
