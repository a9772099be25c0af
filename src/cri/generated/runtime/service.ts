// generated from proto/cri by scripts/generate_proto.sh: do not edit
// source: runtime/service.proto

import {
  AttachRequest,
  AttachResponse,
  ContainerStatusRequest,
  ContainerStatusResponse,
  CreateContainerResponse,
  ExecRequest,
  ExecResponse,
  ExecSyncRequest,
  ExecSyncResponse,
  ListContainersRequest,
  ListContainersResponse,
  PortForwardResponse,
  RemoveContainerRequest,
  RemoveContainerResponse,
  StartContainerRequest,
  StartContainerResponse,
  StopContainerRequest,
  StopContainerResponse,
  UpdateContainerResourcesRequest,
  UpdateContainerResourcesResponse,
} from "../v1/container.ts";
import {
  ImageFsInfoRequest,
  ImageFsInfoResponse,
  ImageStatusRequest,
  ImageStatusResponse,
  ListImagesRequest,
  ListImagesResponse,
  PullImageResponse,
  RemoveImageRequest,
  RemoveImageResponse,
} from "../v1/image.ts";
import {
  StatusRequest,
  StatusResponse,
  UpdateRuntimeConfigRequest,
  UpdateRuntimeConfigResponse,
  VersionRequest,
  VersionResponse,
} from "../v1/node.ts";
import {
  ListPodSandboxRequest,
  ListPodSandboxResponse,
  PodSandboxStatusRequest,
  RemovePodSandboxRequest,
  RemovePodSandboxResponse,
  RunPodSandboxResponse,
  StopPodSandboxRequest,
  StopPodSandboxResponse,
} from "../v1/sandbox.ts";
import {
  ContainerStatsRequest,
  ContainerStatsResponse,
  ListContainerStatsRequest,
  ListContainerStatsResponse,
} from "../v1/stats.ts";
import {
  CreateContainerRequest,
  PodSandboxStatusResponse,
  PortForwardRequest,
  PullImageRequest,
  RunPodSandboxRequest,
} from "./messages.ts";

/**
 * The two services of the package that kubelets 1.6 to 1.9 speak. The Exec and Attach requests of
 * 1.6 lack the fields that name output streams; the rest of their wire form is that of runtime.v1.
 */

export type RuntimeServiceDefinition = typeof RuntimeServiceDefinition;
export const RuntimeServiceDefinition = {
  name: "RuntimeService",
  fullName: "runtime.RuntimeService",
  methods: {
    version: {
      name: "Version",
      requestType: VersionRequest as typeof VersionRequest,
      requestStream: false,
      responseType: VersionResponse as typeof VersionResponse,
      responseStream: false,
      options: {},
    },
    runPodSandbox: {
      name: "RunPodSandbox",
      requestType: RunPodSandboxRequest as typeof RunPodSandboxRequest,
      requestStream: false,
      responseType: RunPodSandboxResponse as typeof RunPodSandboxResponse,
      responseStream: false,
      options: {},
    },
    stopPodSandbox: {
      name: "StopPodSandbox",
      requestType: StopPodSandboxRequest as typeof StopPodSandboxRequest,
      requestStream: false,
      responseType: StopPodSandboxResponse as typeof StopPodSandboxResponse,
      responseStream: false,
      options: {},
    },
    removePodSandbox: {
      name: "RemovePodSandbox",
      requestType: RemovePodSandboxRequest as typeof RemovePodSandboxRequest,
      requestStream: false,
      responseType: RemovePodSandboxResponse as typeof RemovePodSandboxResponse,
      responseStream: false,
      options: {},
    },
    podSandboxStatus: {
      name: "PodSandboxStatus",
      requestType: PodSandboxStatusRequest as typeof PodSandboxStatusRequest,
      requestStream: false,
      responseType: PodSandboxStatusResponse as typeof PodSandboxStatusResponse,
      responseStream: false,
      options: {},
    },
    listPodSandbox: {
      name: "ListPodSandbox",
      requestType: ListPodSandboxRequest as typeof ListPodSandboxRequest,
      requestStream: false,
      responseType: ListPodSandboxResponse as typeof ListPodSandboxResponse,
      responseStream: false,
      options: {},
    },
    createContainer: {
      name: "CreateContainer",
      requestType: CreateContainerRequest as typeof CreateContainerRequest,
      requestStream: false,
      responseType: CreateContainerResponse as typeof CreateContainerResponse,
      responseStream: false,
      options: {},
    },
    startContainer: {
      name: "StartContainer",
      requestType: StartContainerRequest as typeof StartContainerRequest,
      requestStream: false,
      responseType: StartContainerResponse as typeof StartContainerResponse,
      responseStream: false,
      options: {},
    },
    stopContainer: {
      name: "StopContainer",
      requestType: StopContainerRequest as typeof StopContainerRequest,
      requestStream: false,
      responseType: StopContainerResponse as typeof StopContainerResponse,
      responseStream: false,
      options: {},
    },
    removeContainer: {
      name: "RemoveContainer",
      requestType: RemoveContainerRequest as typeof RemoveContainerRequest,
      requestStream: false,
      responseType: RemoveContainerResponse as typeof RemoveContainerResponse,
      responseStream: false,
      options: {},
    },
    listContainers: {
      name: "ListContainers",
      requestType: ListContainersRequest as typeof ListContainersRequest,
      requestStream: false,
      responseType: ListContainersResponse as typeof ListContainersResponse,
      responseStream: false,
      options: {},
    },
    containerStatus: {
      name: "ContainerStatus",
      requestType: ContainerStatusRequest as typeof ContainerStatusRequest,
      requestStream: false,
      responseType: ContainerStatusResponse as typeof ContainerStatusResponse,
      responseStream: false,
      options: {},
    },
    /** 1.9. */
    updateContainerResources: {
      name: "UpdateContainerResources",
      requestType: UpdateContainerResourcesRequest as typeof UpdateContainerResourcesRequest,
      requestStream: false,
      responseType: UpdateContainerResourcesResponse as typeof UpdateContainerResourcesResponse,
      responseStream: false,
      options: {},
    },
    execSync: {
      name: "ExecSync",
      requestType: ExecSyncRequest as typeof ExecSyncRequest,
      requestStream: false,
      responseType: ExecSyncResponse as typeof ExecSyncResponse,
      responseStream: false,
      options: {},
    },
    exec: {
      name: "Exec",
      requestType: ExecRequest as typeof ExecRequest,
      requestStream: false,
      responseType: ExecResponse as typeof ExecResponse,
      responseStream: false,
      options: {},
    },
    attach: {
      name: "Attach",
      requestType: AttachRequest as typeof AttachRequest,
      requestStream: false,
      responseType: AttachResponse as typeof AttachResponse,
      responseStream: false,
      options: {},
    },
    portForward: {
      name: "PortForward",
      requestType: PortForwardRequest as typeof PortForwardRequest,
      requestStream: false,
      responseType: PortForwardResponse as typeof PortForwardResponse,
      responseStream: false,
      options: {},
    },
    /** 1.7. */
    containerStats: {
      name: "ContainerStats",
      requestType: ContainerStatsRequest as typeof ContainerStatsRequest,
      requestStream: false,
      responseType: ContainerStatsResponse as typeof ContainerStatsResponse,
      responseStream: false,
      options: {},
    },
    listContainerStats: {
      name: "ListContainerStats",
      requestType: ListContainerStatsRequest as typeof ListContainerStatsRequest,
      requestStream: false,
      responseType: ListContainerStatsResponse as typeof ListContainerStatsResponse,
      responseStream: false,
      options: {},
    },
    updateRuntimeConfig: {
      name: "UpdateRuntimeConfig",
      requestType: UpdateRuntimeConfigRequest as typeof UpdateRuntimeConfigRequest,
      requestStream: false,
      responseType: UpdateRuntimeConfigResponse as typeof UpdateRuntimeConfigResponse,
      responseStream: false,
      options: {},
    },
    status: {
      name: "Status",
      requestType: StatusRequest as typeof StatusRequest,
      requestStream: false,
      responseType: StatusResponse as typeof StatusResponse,
      responseStream: false,
      options: {},
    },
  },
} as const;

export type ImageServiceDefinition = typeof ImageServiceDefinition;
export const ImageServiceDefinition = {
  name: "ImageService",
  fullName: "runtime.ImageService",
  methods: {
    listImages: {
      name: "ListImages",
      requestType: ListImagesRequest as typeof ListImagesRequest,
      requestStream: false,
      responseType: ListImagesResponse as typeof ListImagesResponse,
      responseStream: false,
      options: {},
    },
    imageStatus: {
      name: "ImageStatus",
      requestType: ImageStatusRequest as typeof ImageStatusRequest,
      requestStream: false,
      responseType: ImageStatusResponse as typeof ImageStatusResponse,
      responseStream: false,
      options: {},
    },
    pullImage: {
      name: "PullImage",
      requestType: PullImageRequest as typeof PullImageRequest,
      requestStream: false,
      responseType: PullImageResponse as typeof PullImageResponse,
      responseStream: false,
      options: {},
    },
    removeImage: {
      name: "RemoveImage",
      requestType: RemoveImageRequest as typeof RemoveImageRequest,
      requestStream: false,
      responseType: RemoveImageResponse as typeof RemoveImageResponse,
      responseStream: false,
      options: {},
    },
    /** 1.7, where a filesystem was named by the id of its storage. */
    imageFsInfo: {
      name: "ImageFsInfo",
      requestType: ImageFsInfoRequest as typeof ImageFsInfoRequest,
      requestStream: false,
      responseType: ImageFsInfoResponse as typeof ImageFsInfoResponse,
      responseStream: false,
      options: {},
    },
  },
} as const;
