/**
 * RemoveContainer: kills it if it runs, and removes it; its log file stays. Idempotent: an unknown
 * container succeeds (rpc RemoveContainer in proto/cri/v1/service.proto).
 */

import type { UnaryHandler } from "./handler.ts";
import { toContainerId } from "./lookup.ts";
import type { RemoveContainerRequest, RemoveContainerResponse } from "./wire.ts";

export const removeContainer: UnaryHandler<RemoveContainerRequest, RemoveContainerResponse> =
  async ({ node }, { containerId }) => {
    await node.removeContainer(toContainerId(containerId));
    return {};
  };
