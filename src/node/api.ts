/**
 * What the node offers to the edge (src/cri) and to the streaming server: the CRI's verbs in domain
 * types, over however many engines there are. Implemented by src/node/node.ts.
 */

import type {
  AttachRequest,
  AttachSession,
  AuthConfig,
  CgroupDriver,
  Container,
  ContainerStats,
  CreateContainerRequest,
  EngineFeatures,
  ExecRequest,
  ExecSession,
  Image,
  ImageFsInfo,
  ImageSpec,
  LinuxResources,
  PodConnection,
  RunSandboxRequest,
  Sandbox,
  SandboxConfig,
  SandboxState,
  SandboxStats,
  StringMap,
} from "../engines/domain.ts";
import type { ContainerState } from "../engines/domain.ts";
import type { VerboseInfo } from "../engines/engine.ts";
import type { ContainerId, ImageId, SandboxId } from "../engines/ids.ts";

export interface SandboxFilter {
  readonly id?: string;
  readonly state?: SandboxState;
  readonly labels: StringMap;
}

export interface ContainerFilter {
  readonly id?: string;
  readonly state?: ContainerState;
  readonly sandboxId?: string;
  readonly labels: StringMap;
}

/** One line of the node's health; RuntimeReady and NetworkReady are always there. */
export interface Condition {
  readonly type: string;
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
}

export interface NodeStatus {
  readonly conditions: readonly Condition[];
  /** Every handler a pod may name, "" included, with what its engine offers. */
  readonly handlers: readonly { readonly name: string; readonly features: EngineFeatures }[];
  readonly supplementalGroupsPolicy: boolean;
  readonly info: VerboseInfo;
}

/** A change of a sandbox or container together with what it looked like just after. */
export interface NodeEvent {
  readonly kind: "created" | "started" | "stopped" | "deleted";
  /** The sandbox's own id for events of the sandbox. */
  readonly containerId: string;
  readonly timeNs: bigint;
  readonly sandbox: Sandbox;
  readonly containers: readonly Container[];
}

/** A node-level metric sample per pod and container, in cAdvisor's names. */
export interface MetricDescriptor {
  readonly name: string;
  readonly help: string;
  readonly labelKeys: readonly string[];
}

export interface MetricSample {
  readonly name: string;
  readonly timestampNs: bigint;
  readonly type: "counter" | "gauge";
  /** In the order of the descriptor's labelKeys. */
  readonly labelValues: readonly string[];
  readonly value: bigint;
}

export interface SandboxMetrics {
  readonly sandboxId: SandboxId;
  readonly samples: readonly MetricSample[];
  readonly containers: readonly {
    readonly containerId: ContainerId;
    readonly samples: readonly MetricSample[];
  }[];
}

export interface NodeApi {
  runSandbox(request: RunSandboxRequest): Promise<SandboxId>;
  stopSandbox(id: SandboxId): Promise<void>;
  removeSandbox(id: SandboxId): Promise<void>;
  /** @throws FraktiError NotFound. */
  sandbox(id: SandboxId): Sandbox;
  sandboxes(filter?: SandboxFilter): readonly Sandbox[];
  sandboxInfo(id: SandboxId): Promise<VerboseInfo>;
  updateSandboxResources(
    id: SandboxId,
    resources: { readonly overhead?: LinuxResources; readonly resources?: LinuxResources },
  ): Promise<void>;
  /** As `Engine.dial`. @throws FraktiError NotFound; FailedPrecondition when it is not ready. */
  dial(id: SandboxId, port: number): Promise<PodConnection>;

  createContainer(request: CreateContainerRequest): Promise<ContainerId>;
  startContainer(id: ContainerId): Promise<void>;
  stopContainer(id: ContainerId, graceMs: number): Promise<void>;
  removeContainer(id: ContainerId): Promise<void>;
  /** @throws FraktiError NotFound. */
  container(id: ContainerId): Container;
  containers(filter?: ContainerFilter): readonly Container[];
  containerInfo(id: ContainerId): Promise<VerboseInfo>;
  updateContainerResources(id: ContainerId, resources: LinuxResources): Promise<void>;
  reopenContainerLog(id: ContainerId): Promise<void>;
  /** @throws FraktiError NotFound; FailedPrecondition when the container does not run. */
  exec(id: ContainerId, request: ExecRequest): Promise<ExecSession>;
  /** As `Engine.attach`. @throws FraktiError NotFound; FailedPrecondition when it does not run. */
  attach(id: ContainerId, request: AttachRequest): Promise<AttachSession>;

  listImages(reference?: string): Promise<readonly Image[]>;
  image(spec: ImageSpec): Promise<Image | undefined>;
  pullImage(
    spec: ImageSpec,
    auth: AuthConfig | undefined,
    sandbox: SandboxConfig | undefined,
    signal: AbortSignal,
  ): Promise<ImageId>;
  removeImage(spec: ImageSpec): Promise<void>;
  imageFsInfo(): Promise<ImageFsInfo>;

  containerStats(filter?: Omit<ContainerFilter, "state">): Promise<readonly ContainerStats[]>;
  sandboxStats(filter?: Omit<SandboxFilter, "state">): Promise<readonly SandboxStats[]>;
  metricDescriptors(): readonly MetricDescriptor[];
  sandboxMetrics(): Promise<readonly SandboxMetrics[]>;
  /** Events from now on; ends when `signal` is aborted or the reader is too slow. */
  events(signal: AbortSignal): AsyncIterable<NodeEvent>;

  status(): NodeStatus;
  cgroupDriver(): CgroupDriver;
  setPodCidr(cidr: string): void;
}
