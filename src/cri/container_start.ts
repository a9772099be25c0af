/**
 * StartContainer: starts a created container. One that runs or has run is FailedPrecondition.
 */

import type { UnaryHandler } from "./handler.ts";
import { toContainerId } from "./lookup.ts";
import type { StartContainerRequest, StartContainerResponse } from "./wire.ts";

/** @throws FraktiError NotFound; FailedPrecondition. */
export const startContainer: UnaryHandler<StartContainerRequest, StartContainerResponse> = async (
  { node },
  { containerId },
) => {
  await node.startContainer(toContainerId(containerId));
  return {};
};
