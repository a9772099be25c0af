/**
 * PodSandboxStatus: from the node's memory. With `verbose`, also which engine runs the pod and why,
 * and what that engine tells.
 */

import type { Sandbox } from "../engines/domain.ts";
import { fromContainerStatus } from "./convert/containers.ts";
import { verboseInfo } from "./convert/maps.ts";
import { fromSandboxStatus } from "./convert/sandboxes.ts";
import type { HandlerDeps, UnaryHandler } from "./handler.ts";
import { toSandboxId } from "./lookup.ts";
import type { PodSandboxStatusRequest, PodSandboxStatusResponse } from "./wire.ts";

/** @throws FraktiError NotFound. */
export const podSandboxStatus: UnaryHandler<PodSandboxStatusRequest, PodSandboxStatusResponse> =
  async ({ node, clock }, { podSandboxId, verbose }) => {
    const id = toSandboxId(podSandboxId);
    const info = verbose ? await infoOf(node, node.sandbox(id)) : new Map<string, string>();
    const sandbox = node.sandbox(id);
    return {
      status: fromSandboxStatus(sandbox),
      info,
      containersStatuses: node.containers({ sandboxId: sandbox.id, labels: {} })
        .map(fromContainerStatus),
      timestamp: clock.nowNs(),
    };
  };

async function infoOf(
  node: HandlerDeps["node"],
  sandbox: Sandbox,
): Promise<Map<string, string>> {
  return verboseInfo({
    engine: sandbox.engine,
    routingReason: sandbox.routingReason,
    ...(sandbox.notReadyReason === undefined ? {} : { notReadyReason: sandbox.notReadyReason }),
    apiVersion: sandbox.api,
    ...await node.sandboxInfo(sandbox.id),
  });
}
