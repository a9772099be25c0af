/**
 * UpdatePodSandboxResources: tells the engine what the pod as a whole may use now. A kubelet
 * carries on when it fails.
 */

import { toResources } from "./convert/resources.ts";
import type { UnaryHandler } from "./handler.ts";
import { toSandboxId } from "./lookup.ts";
import type {
  UpdatePodSandboxResourcesRequest,
  UpdatePodSandboxResourcesResponse,
} from "./wire.ts";

/** @throws FraktiError NotFound; Unimplemented where the engine cannot. */
export const updatePodSandboxResources: UnaryHandler<
  UpdatePodSandboxResourcesRequest,
  UpdatePodSandboxResourcesResponse
> = async ({ node }, { podSandboxId, overhead, resources }) => {
  await node.updateSandboxResources(toSandboxId(podSandboxId), {
    ...(overhead === undefined ? {} : { overhead: toResources(overhead, "overhead") }),
    ...(resources === undefined ? {} : { resources: toResources(resources, "resources") }),
  });
  return {};
};
