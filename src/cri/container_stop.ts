/**
 * StopContainer: asks, waits `timeout` seconds, then kills; 0 kills at once. Returns when the
 * process is gone. Idempotent: an unknown or exited container succeeds (rpc StopContainer in
 * proto/cri/v1/service.proto). A kubelet of 1.6 gives up after two minutes whatever the grace: the
 * stop goes on without it.
 */

import type { UnaryHandler } from "./handler.ts";
import { toContainerId } from "./lookup.ts";
import { toTimeoutMs } from "./seconds.ts";
import type { StopContainerRequest, StopContainerResponse } from "./wire.ts";

export const stopContainer: UnaryHandler<StopContainerRequest, StopContainerResponse> = async (
  { node },
  { containerId, timeout },
) => {
  const graceMs = toTimeoutMs(timeout, "timeout");
  await node.stopContainer(toContainerId(containerId), graceMs);
  return {};
};
