/**
 * RemovePodSandbox: stops what still runs, then removes containers and sandbox. Idempotent: an
 * unknown sandbox succeeds (rpc RemovePodSandbox in proto/cri/v1/service.proto).
 */

import type { UnaryHandler } from "./handler.ts";
import { toSandboxId } from "./lookup.ts";
import type { RemovePodSandboxRequest, RemovePodSandboxResponse } from "./wire.ts";

export const removePodSandbox: UnaryHandler<RemovePodSandboxRequest, RemovePodSandboxResponse> =
  async ({ node }, { podSandboxId }) => {
    await node.removeSandbox(toSandboxId(podSandboxId));
    return {};
  };
