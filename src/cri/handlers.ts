/**
 * Which function serves which RPC, under the method keys of the `runtime.v1` tables. A method
 * without a handler, or a handler for the wrong messages, does not type-check.
 */

import { checkpointContainer, checkpointPod, restorePod } from "./checkpoint.ts";
import { attach } from "./container_attach.ts";
import { createContainer } from "./container_create.ts";
import { exec } from "./container_exec.ts";
import { execSync } from "./container_exec_sync.ts";
import { listContainers, streamContainers } from "./container_list.ts";
import { removeContainer } from "./container_remove.ts";
import { reopenContainerLog } from "./container_reopen_log.ts";
import { startContainer } from "./container_start.ts";
import { containerStats } from "./container_stats.ts";
import { listContainerStats, streamContainerStats } from "./container_stats_list.ts";
import { containerStatus } from "./container_status.ts";
import { stopContainer } from "./container_stop.ts";
import { updateContainerResources } from "./container_update_resources.ts";
import { getContainerEvents } from "./events_get.ts";
import type { ImageServiceDefinition, RuntimeServiceDefinition } from "./generated/v1/service.ts";
import type { StreamHandler, UnaryHandler } from "./handler.ts";
import { imageFsInfo } from "./image_fs_info.ts";
import { listImages, streamImages } from "./image_list.ts";
import { pullImage } from "./image_pull.ts";
import { removeImage } from "./image_remove.ts";
import { imageStatus } from "./image_status.ts";
import { listMetricDescriptors, listPodSandboxMetrics } from "./metrics_list.ts";
import { streamPodSandboxMetrics } from "./metrics_list.ts";
import type { MessageOf, ServiceTable } from "./rpc.ts";
import { runtimeConfig } from "./runtime_config.ts";
import { updateRuntimeConfig } from "./runtime_config_update.ts";
import { status } from "./runtime_status.ts";
import { version } from "./runtime_version.ts";
import { listPodSandbox, streamPodSandboxes } from "./sandbox_list.ts";
import { portForward } from "./sandbox_port_forward.ts";
import { removePodSandbox } from "./sandbox_remove.ts";
import { runPodSandbox } from "./sandbox_run.ts";
import { podSandboxStats } from "./sandbox_stats.ts";
import { listPodSandboxStats, streamPodSandboxStats } from "./sandbox_stats_list.ts";
import { podSandboxStatus } from "./sandbox_status.ts";
import { stopPodSandbox } from "./sandbox_stop.ts";
import { updatePodSandboxResources } from "./sandbox_update_resources.ts";

/** One handler per method, typed on its messages. */
type HandlersOf<S extends ServiceTable> = {
  readonly [M in keyof S["methods"]]: S["methods"][M]["responseStream"] extends true
    ? StreamHandler<
      MessageOf<S["methods"][M]["requestType"]>,
      MessageOf<S["methods"][M]["responseType"]>
    >
    : UnaryHandler<
      MessageOf<S["methods"][M]["requestType"]>,
      MessageOf<S["methods"][M]["responseType"]>
    >;
};

export const runtimeHandlers: HandlersOf<typeof RuntimeServiceDefinition> = {
  version,
  runPodSandbox,
  stopPodSandbox,
  removePodSandbox,
  podSandboxStatus,
  listPodSandbox,
  streamPodSandboxes,
  createContainer,
  startContainer,
  stopContainer,
  removeContainer,
  listContainers,
  streamContainers,
  containerStatus,
  updateContainerResources,
  reopenContainerLog,
  execSync,
  exec,
  attach,
  portForward,
  containerStats,
  listContainerStats,
  streamContainerStats,
  podSandboxStats,
  listPodSandboxStats,
  streamPodSandboxStats,
  updateRuntimeConfig,
  status,
  checkpointContainer,
  checkpointPod,
  restorePod,
  getContainerEvents,
  listMetricDescriptors,
  listPodSandboxMetrics,
  streamPodSandboxMetrics,
  runtimeConfig,
  updatePodSandboxResources,
};

export const imageHandlers: HandlersOf<typeof ImageServiceDefinition> = {
  listImages,
  streamImages,
  imageStatus,
  pullImage,
  removeImage,
  imageFsInfo,
};
