/**
 * ListPodSandboxStats and its stream: the figures of ready pods.
 */

import { inChunks } from "./chunks.ts";
import { toSandboxStatsFilter } from "./convert/sandboxes.ts";
import { fromSandboxStats } from "./convert/stats.ts";
import type { StreamHandler, UnaryHandler } from "./handler.ts";
import {
  type ListPodSandboxStatsRequest,
  type ListPodSandboxStatsResponse,
  PodSandboxStats,
  type StreamPodSandboxStatsRequest,
  type StreamPodSandboxStatsResponse,
} from "./wire.ts";

export const listPodSandboxStats: UnaryHandler<
  ListPodSandboxStatsRequest,
  ListPodSandboxStatsResponse
> = async ({ node }, { filter }) => {
  const stats = await node.sandboxStats(toSandboxStatsFilter(filter));
  return { stats: stats.map(fromSandboxStats) };
};

export const streamPodSandboxStats: StreamHandler<
  StreamPodSandboxStatsRequest,
  StreamPodSandboxStatsResponse
> = async function* ({ node }, { filter }) {
  const stats = await node.sandboxStats(toSandboxStatsFilter(filter));
  for (const podSandboxStats of inChunks(PodSandboxStats, stats.map(fromSandboxStats))) {
    yield { podSandboxStats };
  }
};
