/**
 * The engine: one interface, three rooms behind it (docker, qemu, hyperd). src/node is its only
 * caller; nothing above the engines knows which one is behind. An in-memory engine for unit tests
 * of the rooms above lives under tests/support.
 *
 * The contract that every engine keeps, and that tests/engine_contract checks:
 *
 * 1. Lists and status are answered from the engine's own records and cache, at once and without a
 *    call per item. They never fail and never shrink while what is behind the engine is away.
 * 2. Ids are the engine's own. It knows only ids it made; `sandbox` and `container` answer
 *    undefined for every other.
 * 3. Stop and Remove of an unknown id succeed. While the daemon behind the engine is away they
 *    are Unavailable for known ids, never a false success.
 * 4. Creates are transactional: when they fail nothing half-made stays, except a sandbox whose
 *    network could not be torn down, which stays listed "notready" for a later Stop.
 * 5. The same metadata twice makes at most one sandbox or container: a repeat while the first is
 *    under way joins it, a repeat afterwards with the same config returns the same id, anything
 *    else is AlreadyExists. Callers may go away at any time; the work goes on.
 * 6. A container is "exited" only after the last byte of its log is on disk.
 */

import type {
  AttachRequest,
  AttachSession,
  AuthConfig,
  Container,
  ContainerStats,
  CreateContainerRequest,
  EngineEvent,
  EngineFeatures,
  EngineHealth,
  EngineName,
  ExecRequest,
  ExecSession,
  Image,
  ImageFsInfo,
  LinuxResources,
  PodConnection,
  RunSandboxRequest,
  Sandbox,
  SandboxStats,
} from "./domain.ts";
import type { ContainerId, ImageId, SandboxId } from "./ids.ts";

/** Engine-specific details for `crictl inspect`: JSON-able, no secrets, no environment values. */
export type VerboseInfo = Readonly<Record<string, unknown>>;

/** What an image is called in a store. */
export type ImageNames = Pick<Image, "id" | "repoTags" | "repoDigests">;

/** A sandbox request with the routing decision that brought it here. */
export interface RoutedSandboxRequest extends RunSandboxRequest {
  readonly routingReason: string;
}

export interface Engine {
  readonly name: EngineName;
  /** True when a mount may be an image; engines without it refuse such a mount. */
  readonly mountsImages?: boolean;

  /**
   * Loads records and begins to connect; resolves when the records are loaded and either the
   * first connect and recovery succeeded or failed. Never rejects because a daemon is away.
   */
  start(): Promise<void>;
  /** Stops watching and following; leaves pods running. */
  close(): Promise<void>;
  /** Whether it can take new pods now; from memory. */
  health(): EngineHealth;
  features(): EngineFeatures;

  // Sandboxes.
  runSandbox(request: RoutedSandboxRequest): Promise<SandboxId>;
  stopSandbox(id: SandboxId): Promise<void>;
  removeSandbox(id: SandboxId): Promise<void>;
  sandbox(id: SandboxId): Sandbox | undefined;
  sandboxes(): readonly Sandbox[];
  sandboxInfo(id: SandboxId): Promise<VerboseInfo>;
  /** @throws FraktiError Unimplemented where the engine cannot. */
  updateSandboxResources(
    id: SandboxId,
    resources: { readonly overhead?: LinuxResources; readonly resources?: LinuxResources },
  ): Promise<void>;

  /**
   * Connects to whoever listens on `port` of localhost inside the pod, on 127.0.0.1 or on ::1.
   * @param port 1 to 65535.
   * @throws FraktiError InvalidArgument for another port; NotFound; FailedPrecondition when the
   *   sandbox is not ready; Unavailable, with the cause, when nobody listens or answers in time;
   *   ResourceExhausted when the pod has too many connections open.
   */
  dial(id: SandboxId, port: number): Promise<PodConnection>;

  // Containers.
  createContainer(request: CreateContainerRequest): Promise<ContainerId>;
  startContainer(id: ContainerId): Promise<void>;
  /** `graceMs` 0 = kill now. A second call with a shorter grace shortens the wait. */
  stopContainer(id: ContainerId, graceMs: number): Promise<void>;
  removeContainer(id: ContainerId): Promise<void>;
  container(id: ContainerId): Container | undefined;
  containers(): readonly Container[];
  containerInfo(id: ContainerId): Promise<VerboseInfo>;
  updateContainerResources(id: ContainerId, resources: LinuxResources): Promise<void>;
  reopenContainerLog(id: ContainerId): Promise<void>;
  /** @throws FraktiError FailedPrecondition when the container does not run. */
  exec(id: ContainerId, request: ExecRequest): Promise<ExecSession>;
  /**
   * Output from now on, whole, to each of however many are attached; a session ends when the
   * container does, also when that happens just now. Reading slowly slows the container down; who
   * reads nothing at all while output waits is detached, with ResourceExhausted, before long.
   *
   * What is written to stdin reaches the process as it is. Ending stdin of a `stdinOnce` container
   * without a terminal ends the container's, and so does closing a session that has it; ending that
   * of any other ends the session instead.
   * A container that was created without stdin or without a terminal has none: `stdin` is
   * undefined and `resize` does nothing, whatever was asked for.
   * @throws FraktiError NotFound; FailedPrecondition when the container does not run, or when only
   *   stdin was asked for and it has none.
   */
  attach(id: ContainerId, request: AttachRequest): Promise<AttachSession>;

  // Images, in the engine's own store.
  listImages(): Promise<readonly Image[]>;
  /** By id, tag or digest; undefined when absent. */
  image(reference: string): Promise<Image | undefined>;
  pullImage(reference: string, auth: AuthConfig | undefined, signal: AbortSignal): Promise<ImageId>;
  /** Every tag and digest of the image goes; absence is success. */
  removeImage(reference: string): Promise<void>;
  imageFsInfo(): Promise<ImageFsInfo>;
  /** The image as a `docker save` archive, for the other store on this node. */
  exportImage(reference: string): Promise<ReadableStream<Uint8Array>>;
  /**
   * Loads what `exportImage` of another engine wrote. `known` is the image as that engine has it:
   * names that the archive does not carry are kept where the store can keep them.
   * @returns the image's id here.
   */
  importImage(archive: ReadableStream<Uint8Array>, known: ImageNames): Promise<ImageId>;

  // Figures and events.
  /** Running containers only; a container that went away meanwhile is left out. */
  containerStats(ids: readonly ContainerId[]): Promise<readonly ContainerStats[]>;
  /** Ready sandboxes only. */
  sandboxStats(ids: readonly SandboxId[]): Promise<readonly SandboxStats[]>;
  /** Calls `listener` for every event from now on; the returned function ends that. */
  onEvent(listener: (event: EngineEvent) => void): () => void;
}
