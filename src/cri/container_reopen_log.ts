/**
 * ReopenContainerLog: when it returns, a new file is at the log path and takes the next line.
 */

import type { UnaryHandler } from "./handler.ts";
import { toContainerId } from "./lookup.ts";
import type { ReopenContainerLogRequest, ReopenContainerLogResponse } from "./wire.ts";

/** @throws FraktiError NotFound; FailedPrecondition when the container does not run. */
export const reopenContainerLog: UnaryHandler<
  ReopenContainerLogRequest,
  ReopenContainerLogResponse
> = async ({ node }, { containerId }) => {
  await node.reopenContainerLog(toContainerId(containerId));
  return {};
};
