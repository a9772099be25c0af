/**
 * The metrics pair of the CRI: samples in cAdvisor's names, made from the same readings as the
 * stats. Values are whole numbers on this wire, so times are in whole seconds where cAdvisor has
 * fractions.
 */

import type { ContainerStats, InterfaceUsage, SandboxStats } from "../engines/domain.ts";
import type { MetricDescriptor, MetricSample, SandboxMetrics } from "./api.ts";

const nsPerSecond = 1_000_000_000n;

interface Metric<Source> {
  readonly name: string;
  readonly help: string;
  readonly type: MetricSample["type"];
  readonly read: (source: Source) => bigint | undefined;
}

const containerMetrics: readonly Metric<ContainerStats>[] = [
  {
    name: "container_cpu_usage_seconds_total",
    help: "CPU time used, in seconds",
    type: "counter",
    read: (stats) => seconds(stats.cpu?.usageNs),
  },
  {
    name: "container_memory_usage_bytes",
    help: "Memory in use, page cache included, in bytes",
    type: "gauge",
    read: (stats) => stats.memory?.usageBytes,
  },
  {
    name: "container_memory_working_set_bytes",
    help: "Memory in use without inactive file pages, in bytes",
    type: "gauge",
    read: (stats) => stats.memory?.workingSetBytes,
  },
  {
    name: "container_memory_rss",
    help: "Anonymous memory, in bytes",
    type: "gauge",
    read: (stats) => stats.memory?.rssBytes,
  },
  {
    name: "container_fs_usage_bytes",
    help: "Bytes in the writable layer",
    type: "gauge",
    read: (stats) => stats.writableLayer?.usedBytes,
  },
];

const sandboxLevelMetrics: readonly Metric<SandboxStats>[] = [
  {
    name: "container_processes",
    help: "Processes of the pod",
    type: "gauge",
    read: (stats) => stats.processCount,
  },
];

const interfaceMetrics: readonly Metric<InterfaceUsage>[] = [
  {
    name: "container_network_receive_bytes_total",
    help: "Bytes received",
    type: "counter",
    read: (nic) => nic.rxBytes,
  },
  {
    name: "container_network_receive_errors_total",
    help: "Errors while receiving",
    type: "counter",
    read: (nic) => nic.rxErrors,
  },
  {
    name: "container_network_transmit_bytes_total",
    help: "Bytes sent",
    type: "counter",
    read: (nic) => nic.txBytes,
  },
  {
    name: "container_network_transmit_errors_total",
    help: "Errors while sending",
    type: "counter",
    read: (nic) => nic.txErrors,
  },
];

const podLabels = ["namespace", "pod"];

/** As cAdvisor has them: `name` is the container's id, and dashboards choose by `image!=""`. */
const containerLabels = [...podLabels, "container", "id", "name", "image"];

/** Every metric that {@linkcode sandboxMetrics} can yield, with its label keys. */
export const metricDescriptors: readonly MetricDescriptor[] = [
  ...containerMetrics.map((metric) => descriptor(metric, containerLabels)),
  ...sandboxLevelMetrics.map((metric) => descriptor(metric, [...podLabels, "id"])),
  ...interfaceMetrics.map((metric) => descriptor(metric, [...podLabels, "id", "interface"])),
];

/** The samples of every pod for which there are readings. */
export function sandboxMetrics(stats: readonly SandboxStats[]): readonly SandboxMetrics[] {
  return stats.map((pod) => {
    const { id, metadata } = pod.sandbox;
    const labels = [metadata.namespace, metadata.name];
    const timestampNs = pod.cpu?.timestampNs ?? pod.network?.timestampNs ?? 0n;
    return {
      sandboxId: id,
      samples: [
        ...samples(sandboxLevelMetrics, pod, timestampNs, [...labels, id]),
        ...(pod.network?.interfaces ?? []).flatMap((nic) =>
          samples(interfaceMetrics, nic, pod.network?.timestampNs ?? timestampNs, [
            ...labels,
            id,
            nic.name,
          ])
        ),
      ],
      containers: pod.containers.map((stats) => {
        const { id, metadata, image } = stats.container;
        return {
          containerId: id,
          samples: samples(containerMetrics, stats, stats.cpu?.timestampNs ?? timestampNs, [
            ...[...labels, metadata.name, id, id],
            image.userSpecifiedImage || image.image,
          ]),
        };
      }),
    };
  });
}

function descriptor<Source>(
  metric: Metric<Source>,
  labelKeys: readonly string[],
): MetricDescriptor {
  return { name: metric.name, help: metric.help, labelKeys };
}

function samples<Source>(
  metrics: readonly Metric<Source>[],
  source: Source,
  timestampNs: bigint,
  labelValues: readonly string[],
): MetricSample[] {
  return metrics.flatMap((metric) => {
    const value = metric.read(source);
    return value === undefined
      ? []
      : [{ name: metric.name, timestampNs, type: metric.type, labelValues, value }];
  });
}

function seconds(ns: bigint | undefined): bigint | undefined {
  return ns === undefined ? undefined : ns / nsPerSecond;
}
