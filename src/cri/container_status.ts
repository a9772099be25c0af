/**
 * ContainerStatus: from the node's memory. With `verbose`, also what the engine tells.
 */

import { fromContainerStatus } from "./convert/containers.ts";
import { verboseInfo } from "./convert/maps.ts";
import type { UnaryHandler } from "./handler.ts";
import { toContainerId } from "./lookup.ts";
import type { ContainerStatusRequest, ContainerStatusResponse } from "./wire.ts";

/** @throws FraktiError NotFound. */
export const containerStatus: UnaryHandler<ContainerStatusRequest, ContainerStatusResponse> =
  async ({ node }, { containerId, verbose }) => {
    const id = toContainerId(containerId);
    const { engine, sandboxId } = node.container(id);
    const info = verbose
      ? verboseInfo({ sandboxID: sandboxId, engine, ...await node.containerInfo(id) })
      : new Map<string, string>();
    return { status: fromContainerStatus(node.container(id)), info };
  };
