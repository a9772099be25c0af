/**
 * UpdateContainerResources: changes limits in place. Zero or absent leaves a limit alone; a request
 * without any limits changes nothing.
 */

import { toResources } from "./convert/resources.ts";
import type { UnaryHandler } from "./handler.ts";
import { toContainerId } from "./lookup.ts";
import type { UpdateContainerResourcesRequest, UpdateContainerResourcesResponse } from "./wire.ts";

/** @throws FraktiError NotFound. */
export const updateContainerResources: UnaryHandler<
  UpdateContainerResourcesRequest,
  UpdateContainerResourcesResponse
> = async ({ node }, { containerId, linux }) => {
  const id = toContainerId(containerId);
  if (linux === undefined) node.container(id);
  else await node.updateContainerResources(id, toResources(linux, "linux"));
  return {};
};
