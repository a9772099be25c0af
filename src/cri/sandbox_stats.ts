/**
 * PodSandboxStats: one pod's figures. A pod that is not ready has none, and that is no error.
 */

import { fromIdleSandbox, fromSandboxStats } from "./convert/stats.ts";
import type { UnaryHandler } from "./handler.ts";
import { toSandboxId } from "./lookup.ts";
import type { PodSandboxStatsRequest, PodSandboxStatsResponse } from "./wire.ts";

/** @throws FraktiError NotFound. */
export const podSandboxStats: UnaryHandler<PodSandboxStatsRequest, PodSandboxStatsResponse> =
  async ({ node }, { podSandboxId }) => {
    const sandbox = node.sandbox(toSandboxId(podSandboxId));
    const [stats] = await node.sandboxStats({ id: sandbox.id, labels: {} });
    return { stats: stats === undefined ? fromIdleSandbox(sandbox) : fromSandboxStats(stats) };
  };
