/**
 * StopPodSandbox: ends every process of the pod and gives its network back. Idempotent: an unknown
 * or stopped sandbox succeeds (rpc StopPodSandbox in proto/cri/v1/service.proto).
 */

import type { UnaryHandler } from "./handler.ts";
import { toSandboxId } from "./lookup.ts";
import type { StopPodSandboxRequest, StopPodSandboxResponse } from "./wire.ts";

export const stopPodSandbox: UnaryHandler<StopPodSandboxRequest, StopPodSandboxResponse> = async (
  { node },
  { podSandboxId },
) => {
  await node.stopSandbox(toSandboxId(podSandboxId));
  return {};
};
