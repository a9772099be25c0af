/**
 * ListContainerStats and its stream: the figures of running containers.
 */

import { inChunks } from "./chunks.ts";
import { toContainerStatsFilter } from "./convert/containers.ts";
import { fromContainerStats } from "./convert/stats.ts";
import type { StreamHandler, UnaryHandler } from "./handler.ts";
import {
  ContainerStats,
  type ListContainerStatsRequest,
  type ListContainerStatsResponse,
  type StreamContainerStatsRequest,
  type StreamContainerStatsResponse,
} from "./wire.ts";

export const listContainerStats: UnaryHandler<
  ListContainerStatsRequest,
  ListContainerStatsResponse
> = async ({ node }, { filter }) => {
  const stats = await node.containerStats(toContainerStatsFilter(filter));
  return { stats: stats.map(fromContainerStats) };
};

export const streamContainerStats: StreamHandler<
  StreamContainerStatsRequest,
  StreamContainerStatsResponse
> = async function* ({ node }, { filter }) {
  const stats = await node.containerStats(toContainerStatsFilter(filter));
  for (const containerStats of inChunks(ContainerStats, stats.map(fromContainerStats))) {
    yield { containerStats };
  }
};
