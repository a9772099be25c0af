/**
 * Metric samples as answers show them.
 */

import type { MetricSample, SandboxMetrics } from "../../node/api.ts";
import type { Metric, PodSandboxMetrics } from "../wire.ts";
import { metricTypes } from "./enums.ts";
import { toUint64 } from "./uint64.ts";

/** The samples of one pod and its containers. */
export function fromSandboxMetrics(metrics: SandboxMetrics): PodSandboxMetrics {
  return {
    podSandboxId: metrics.sandboxId,
    metrics: metrics.samples.map(fromSample),
    containerMetrics: metrics.containers.map(({ containerId, samples }) => ({
      containerId,
      metrics: samples.map(fromSample),
    })),
  };
}

function fromSample(sample: MetricSample): Metric {
  return {
    name: sample.name,
    timestamp: sample.timestampNs,
    metricType: metricTypes.indexOf(sample.type),
    labelValues: [...sample.labelValues],
    value: { value: toUint64(sample.value) },
  };
}
