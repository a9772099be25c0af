/**
 * What the commands for people ask of a running frakti: a handful of CRI calls over its socket.
 * The commands see this interface only, so that their tests need no server.
 */

import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import {
  type Container,
  ContainerStatusRequest,
  ListContainersRequest,
} from "../cri/generated/v1/container.ts";
import type { ContainerStatus } from "../cri/generated/v1/container.ts";
import { ExecRequest } from "../cri/generated/v1/container.ts";
import {
  type AuthConfig,
  type Image,
  ImageFsInfoRequest,
  ImageStatusRequest,
  ListImagesRequest,
  PullImageRequest,
} from "../cri/generated/v1/image.ts";
import {
  ListPodSandboxRequest,
  type PodSandbox,
  type PodSandboxStatus,
  PodSandboxStatusRequest,
  RemovePodSandboxRequest,
  StopPodSandboxRequest,
} from "../cri/generated/v1/sandbox.ts";
import {
  ImageServiceDefinition as imageService,
  RuntimeServiceDefinition as runtimeService,
} from "../cri/generated/v1/service.ts";
import { type MessageOf, methodDefinition, type MethodTable } from "../cri/rpc.ts";
import type { ServiceTable } from "../cri/rpc.ts";
import { type ErrorCode, FraktiError, unavailable } from "../lib/errors.ts";

/** A pod's status with the engine's own facts about it. */
export interface PodDetails {
  readonly status: PodSandboxStatus | undefined;
  readonly info: ReadonlyMap<string, string>;
}

/** Who is to pull what for which pods. */
export interface PullOrder {
  readonly image: string;
  /** base64 of `user:password`, as Docker's files have it. */
  readonly auth?: Pick<AuthConfig, "auth">;
  /** A handler such as "docker": the store of its engine. Absent: where ordinary pods run. */
  readonly handler?: string;
}

/** The calls; every one rejects with a FraktiError that carries the server's code and words. */
export interface NodeClient {
  pods(): Promise<readonly PodSandbox[]>;
  podDetails(id: string): Promise<PodDetails>;
  containers(): Promise<readonly Container[]>;
  containerStatus(id: string): Promise<ContainerStatus>;
  images(): Promise<readonly Image[]>;
  image(reference: string): Promise<Image | undefined>;
  /** Bytes that the images of ordinary pods take on their filesystem. */
  imageBytes(): Promise<bigint>;
  /** Resolves with the image's id. */
  pull(order: PullOrder, signal: AbortSignal): Promise<string>;
  /** Resolves with the single-use URL of the session. */
  exec(request: Parameters<typeof ExecRequest.fromPartial>[0]): Promise<string>;
  stopPod(id: string): Promise<void>;
  removePod(id: string): Promise<void>;
  close(): void;
}

/** Lists and status are answered from memory; more than this is a frakti that hangs. */
const questionTimeoutMs = 30_000;

/** A pod ends within its containers' grace; the kubelet's default is 30 s. */
const stopTimeoutMs = 180_000;

/** Nobody waits longer for an image; the server itself gives up when nothing arrives. */
const pullTimeoutMs = 6 * 3600_000;

/** 8000 containers with their labels, and what the server sends at most. */
const maxMessageBytes = 64 * 1024 * 1024;

/** A client of the frakti behind `socketPath`; it connects with the first call. */
export function connectNode(socketPath: string): NodeClient {
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.enable_retries": 0,
  });
  const ask = <M extends MethodTable>(
    service: ServiceTable,
    method: M,
    request: MessageOf<M["requestType"]>,
    timeoutMs = questionTimeoutMs,
    signal?: AbortSignal,
  ) => call(client, socketPath, service, method, request, timeoutMs, signal);
  const { methods: runtime } = runtimeService;
  const { methods: images } = imageService;
  return {
    pods: async () =>
      (await ask(runtimeService, runtime.listPodSandbox, ListPodSandboxRequest.fromPartial({})))
        .items,
    podDetails: (podSandboxId) =>
      ask(
        runtimeService,
        runtime.podSandboxStatus,
        PodSandboxStatusRequest.fromPartial({ podSandboxId, verbose: true }),
      ),
    containers: async () =>
      (await ask(runtimeService, runtime.listContainers, ListContainersRequest.fromPartial({})))
        .containers,
    containerStatus: async (containerId) => {
      const request = ContainerStatusRequest.fromPartial({ containerId });
      const answer = await ask(runtimeService, runtime.containerStatus, request);
      if (answer.status !== undefined) return answer.status;
      throw new FraktiError("Internal", `Container "${containerId}" has no status`);
    },
    images: async () =>
      (await ask(imageService, images.listImages, ListImagesRequest.fromPartial({}))).images,
    image: async (image) => {
      const request = ImageStatusRequest.fromPartial({ image: { image } });
      return (await ask(imageService, images.imageStatus, request)).image;
    },
    imageBytes: async () => {
      const request = ImageFsInfoRequest.fromPartial({});
      const answer = await ask(imageService, images.imageFsInfo, request);
      return answer.imageFilesystems[0]?.usedBytes?.value ?? 0n;
    },
    pull: async (order, signal) =>
      (await ask(imageService, images.pullImage, pullRequest(order), pullTimeoutMs, signal))
        .imageRef,
    exec: async (request) =>
      (await ask(runtimeService, runtime.exec, ExecRequest.fromPartial(request))).url,
    stopPod: async (podSandboxId) => {
      const request = StopPodSandboxRequest.fromPartial({ podSandboxId });
      await ask(runtimeService, runtime.stopPodSandbox, request, stopTimeoutMs);
    },
    removePod: async (podSandboxId) => {
      const request = RemovePodSandboxRequest.fromPartial({ podSandboxId });
      await ask(runtimeService, runtime.removePodSandbox, request, stopTimeoutMs);
    },
    close: () => client.close(),
  };
}

/** The server routes a pull by the pod it is for; a handler alone makes a pod that names it. */
function pullRequest({ image, auth, handler }: PullOrder): PullImageRequest {
  return PullImageRequest.fromPartial({
    image: { image, userSpecifiedImage: image, runtimeHandler: handler ?? "" },
    ...(auth === undefined ? {} : { auth }),
    ...(handler === undefined
      ? {}
      : { sandboxConfig: { metadata: { name: "pull", uid: "pull", namespace: "frakti" } } }),
  });
}

function call<M extends MethodTable>(
  client: Client,
  socketPath: string,
  service: ServiceTable,
  method: M,
  request: MessageOf<M["requestType"]>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<MessageOf<M["responseType"]>> {
  const wire = methodDefinition(service, method);
  return new Promise((resolve, reject) => {
    const sent = client.makeUnaryRequest(
      wire.path,
      wire.requestSerialize,
      // The table pairs each method with its own codec.
      (bytes) => method.responseType.decode(bytes) as MessageOf<M["responseType"]>,
      request,
      new Metadata(),
      { deadline: Date.now() + timeoutMs },
      (error, response) => {
        signal?.removeEventListener("abort", cancel);
        if (error !== null) reject(toFraktiError(error, socketPath));
        else if (response !== undefined) resolve(response);
      },
    );
    const cancel = () => sent.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    if (signal?.aborted) cancel();
  });
}

const codes: Readonly<Partial<Record<number, ErrorCode>>> = {
  [status.CANCELLED]: "Cancelled",
  [status.INVALID_ARGUMENT]: "InvalidArgument",
  [status.NOT_FOUND]: "NotFound",
  [status.ALREADY_EXISTS]: "AlreadyExists",
  [status.FAILED_PRECONDITION]: "FailedPrecondition",
  [status.DEADLINE_EXCEEDED]: "DeadlineExceeded",
  [status.RESOURCE_EXHAUSTED]: "ResourceExhausted",
  [status.UNAVAILABLE]: "Unavailable",
  [status.UNIMPLEMENTED]: "Unimplemented",
  [status.INTERNAL]: "Internal",
};

/** What grpc-js itself says when nobody answers holds addresses twice and no advice. */
const noConnection = /^(?:No connection established|Failed to connect|connect )/;

function toFraktiError(error: ServiceError, socketPath: string): FraktiError {
  const details = error.details || error.message;
  if (error.code === status.UNAVAILABLE && noConnection.test(details)) {
    return unavailable(`Nobody answers at "${socketPath}": is frakti running, and are you root?`);
  }
  return new FraktiError(codes[error.code] ?? "Unknown", details);
}
