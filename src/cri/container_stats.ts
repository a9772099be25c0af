/**
 * ContainerStats: one container's figures. One that does not run has none, and that is no error.
 */

import { fromContainerStats, fromIdleContainer } from "./convert/stats.ts";
import type { UnaryHandler } from "./handler.ts";
import { toContainerId } from "./lookup.ts";
import type { ContainerStatsRequest, ContainerStatsResponse } from "./wire.ts";

/** @throws FraktiError NotFound. */
export const containerStats: UnaryHandler<ContainerStatsRequest, ContainerStatsResponse> = async (
  { node },
  { containerId },
) => {
  const container = node.container(toContainerId(containerId));
  const [stats] = await node.containerStats({ id: container.id, labels: {} });
  return { stats: stats === undefined ? fromIdleContainer(container) : fromContainerStats(stats) };
};
