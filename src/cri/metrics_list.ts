/**
 * ListMetricDescriptors, ListPodSandboxMetrics and its stream.
 */

import { inChunks } from "./chunks.ts";
import { fromSandboxMetrics } from "./convert/metrics.ts";
import type { StreamHandler, UnaryHandler } from "./handler.ts";
import {
  type ListMetricDescriptorsRequest,
  type ListMetricDescriptorsResponse,
  type ListPodSandboxMetricsRequest,
  type ListPodSandboxMetricsResponse,
  PodSandboxMetrics,
  type StreamPodSandboxMetricsRequest,
  type StreamPodSandboxMetricsResponse,
} from "./wire.ts";

export const listMetricDescriptors: UnaryHandler<
  ListMetricDescriptorsRequest,
  ListMetricDescriptorsResponse
> = ({ node }) => ({
  descriptors: node.metricDescriptors().map(({ name, help, labelKeys }) => ({
    name,
    help,
    labelKeys: [...labelKeys],
  })),
});

export const listPodSandboxMetrics: UnaryHandler<
  ListPodSandboxMetricsRequest,
  ListPodSandboxMetricsResponse
> = async ({ node }) => ({ podMetrics: (await node.sandboxMetrics()).map(fromSandboxMetrics) });

export const streamPodSandboxMetrics: StreamHandler<
  StreamPodSandboxMetricsRequest,
  StreamPodSandboxMetricsResponse
> = async function* ({ node }) {
  const items = (await node.sandboxMetrics()).map(fromSandboxMetrics);
  for (const podSandboxMetrics of inChunks(PodSandboxMetrics, items)) yield { podSandboxMetrics };
};
