/**
 * The domain types: what the edge (src/cri) speaks with the hybrid (src/node) and the engines,
 * one model for all API versions. Field meanings follow the CRI; absent is `undefined`, and enums
 * are string unions. Times are nanoseconds since the epoch unless the name says otherwise.
 */

import type { ContainerId, ImageId, SandboxId } from "./ids.ts";

/** String map as labels and annotations are. */
export type StringMap = Readonly<Record<string, string>>;

/** The API package a pod was made through; decides the log line form (reference: CRI §2). */
export type ApiVersion = "runtime" | "v1alpha2" | "v1";

/** Which engine; also the handler names a pod may ask for. */
export type EngineName = "docker" | "qemu" | "hyperd";

// ---- sandboxes ----

export interface SandboxMetadata {
  readonly name: string;
  readonly uid: string;
  readonly namespace: string;
  readonly attempt: number;
}

export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

export interface PortMapping {
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly containerPort: number;
  /** 0 = no host port. */
  readonly hostPort: number;
  /** "" = every address. */
  readonly hostIp: string;
}

/** POD shares among the pod's containers, CONTAINER is private, NODE is the host's. */
export type NamespaceMode = "pod" | "container" | "node" | "target";

export interface IdMapping {
  readonly hostId: number;
  readonly containerId: number;
  readonly length: number;
}

export interface UserNamespaceOptions {
  readonly mode: NamespaceMode;
  readonly uids: readonly IdMapping[];
  readonly gids: readonly IdMapping[];
}

export interface NamespaceOptions {
  readonly network: NamespaceMode;
  readonly pid: NamespaceMode;
  readonly ipc: NamespaceMode;
  /** The container whose PID namespace is joined when `pid` is "target". */
  readonly targetId: string;
  readonly userns?: UserNamespaceOptions;
}

export interface SelinuxOptions {
  readonly user: string;
  readonly role: string;
  readonly type: string;
  readonly level: string;
}

/** A seccomp or AppArmor profile. `localhostRef`: absolute path (seccomp) or name (AppArmor). */
export type SecurityProfile =
  | { readonly type: "runtimeDefault" }
  | { readonly type: "unconfined" }
  | { readonly type: "localhost"; readonly localhostRef: string };

export type SupplementalGroupsPolicy = "merge" | "strict";

export interface SandboxSecurity {
  readonly namespaces: NamespaceOptions;
  readonly selinux?: SelinuxOptions;
  readonly runAsUser?: bigint;
  readonly runAsGroup?: bigint;
  readonly readonlyRootfs: boolean;
  readonly supplementalGroups: readonly bigint[];
  readonly supplementalGroupsPolicy: SupplementalGroupsPolicy;
  readonly privileged: boolean;
  /** undefined = the client sent none: unconfined. */
  readonly seccomp?: SecurityProfile;
  readonly apparmor?: SecurityProfile;
}

/** Zero and absent both mean "leave alone"; -1 of cpuQuota means unlimited. */
export interface LinuxResources {
  readonly cpuPeriod: bigint;
  readonly cpuQuota: bigint;
  readonly cpuShares: bigint;
  readonly memoryLimitBytes: bigint;
  readonly oomScoreAdj: bigint;
  readonly cpusetCpus: string;
  readonly cpusetMems: string;
  readonly hugepageLimits: readonly { readonly pageSize: string; readonly limitBytes: bigint }[];
  /** cgroup v2 file name → value. */
  readonly unified: StringMap;
  readonly memorySwapLimitBytes: bigint;
}

export interface SandboxConfig {
  readonly metadata: SandboxMetadata;
  readonly hostname: string;
  readonly logDirectory: string;
  /** undefined = the client sent none: the engine's default. */
  readonly dns?: DnsConfig;
  readonly portMappings: readonly PortMapping[];
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly cgroupParent: string;
  readonly security: SandboxSecurity;
  readonly sysctls: StringMap;
  readonly overhead?: LinuxResources;
  readonly resources?: LinuxResources;
}

export interface RunSandboxRequest {
  readonly config: SandboxConfig;
  /** The runtime handler as the client named it; "" = default. */
  readonly handler: string;
  readonly api: ApiVersion;
}

export type SandboxState = "ready" | "notready";

/** A sandbox as lists and status show it. */
export interface Sandbox {
  readonly id: SandboxId;
  readonly engine: EngineName;
  readonly metadata: SandboxMetadata;
  readonly state: SandboxState;
  readonly createdAtNs: bigint;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly handler: string;
  readonly namespaces: NamespaceOptions;
  /** First is the primary; empty for host network. */
  readonly ips: readonly string[];
  readonly api: ApiVersion;
  /** Why the sandbox is not ready, or why it runs where it runs; for the verbose status. */
  readonly routingReason: string;
  readonly notReadyReason?: string;
}

// ---- containers ----

export interface ContainerMetadata {
  readonly name: string;
  readonly attempt: number;
}

export interface ImageSpec {
  /** Id, tag or digest reference. */
  readonly image: string;
  readonly annotations: StringMap;
  /** What the person wrote; "" when the client does not say. */
  readonly userSpecifiedImage: string;
  readonly runtimeHandler: string;
}

export type MountPropagation = "private" | "hostToContainer" | "bidirectional";

export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readonly: boolean;
  readonly selinuxRelabel: boolean;
  readonly propagation: MountPropagation;
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
  readonly recursiveReadOnly: boolean;
  /** An image volume. */
  readonly image?: ImageSpec;
  readonly imageSubPath: string;
  /** Of an image volume, once it is mounted: the image that it is. */
  readonly imageId?: ImageId;
}

export interface Device {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly permissions: string;
}

export interface Capabilities {
  readonly add: readonly string[];
  readonly drop: readonly string[];
  readonly addAmbient: readonly string[];
}

export interface ContainerSecurity {
  readonly capabilities: Capabilities;
  readonly privileged: boolean;
  /** undefined = the client sent none: as the sandbox. */
  readonly namespaces?: NamespaceOptions;
  readonly selinux?: SelinuxOptions;
  readonly runAsUser?: bigint;
  readonly runAsGroup?: bigint;
  readonly runAsUsername: string;
  readonly readonlyRootfs: boolean;
  readonly supplementalGroups: readonly bigint[];
  readonly supplementalGroupsPolicy: SupplementalGroupsPolicy;
  readonly noNewPrivs: boolean;
  /** undefined = the runtime's defaults (API packages that lack the field); [] = mask nothing. */
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
  readonly seccomp?: SecurityProfile;
  readonly apparmor?: SecurityProfile;
}

/** Environment values are bytes: a client may send what is not UTF-8. */
export interface EnvVar {
  readonly key: string;
  readonly value: Uint8Array;
}

export interface ContainerConfig {
  readonly metadata: ContainerMetadata;
  readonly image: ImageSpec;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly envs: readonly EnvVar[];
  readonly mounts: readonly Mount[];
  readonly devices: readonly Device[];
  readonly labels: StringMap;
  readonly annotations: StringMap;
  /** Relative to the sandbox's logDirectory; "" = no log. */
  readonly logPath: string;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  readonly resources: LinuxResources;
  readonly security: ContainerSecurity;
  /** Fully qualified CDI device names. */
  readonly cdiDevices: readonly string[];
  /** "SIGTERM" and so on; "" = the image's. */
  readonly stopSignal: string;
}

export interface CreateContainerRequest {
  readonly sandboxId: SandboxId;
  readonly config: ContainerConfig;
  readonly sandboxConfig: SandboxConfig;
}

/** What lists and status share of a container, whatever its state. */
export interface ContainerBase {
  readonly id: ContainerId;
  readonly sandboxId: SandboxId;
  readonly engine: EngineName;
  readonly metadata: ContainerMetadata;
  readonly image: ImageSpec;
  /** The same id that ImageStatus and PullImage answer with. */
  readonly imageId: ImageId;
  readonly createdAtNs: bigint;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly mounts: readonly Mount[];
  /** Absolute; "" only when the client asked for no log. */
  readonly logPath: string;
  readonly resources: LinuxResources;
  readonly stopSignal: string;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  /** Who the first process runs as, where the engine knows. */
  readonly user?: {
    readonly uid: bigint;
    readonly gid: bigint;
    readonly groups: readonly bigint[];
  };
}

/** A container in its state; what a state does not have does not exist on its type. */
export type Container =
  & ContainerBase
  & (
    | { readonly state: "created" }
    | { readonly state: "running"; readonly startedAtNs: bigint }
    | {
      readonly state: "exited";
      /** 0n when it never started. */
      readonly startedAtNs: bigint;
      readonly finishedAtNs: bigint;
      readonly exitCode: number;
      /** Completed, Error, OOMKilled, ContainerCannotRun, … */
      readonly reason: string;
      readonly message: string;
    }
    | { readonly state: "unknown"; readonly reason: string; readonly message: string }
  );

export type ContainerState = Container["state"];

// ---- exec ----

export interface ExecRequest {
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  /**
   * The command starts when this resolves, and never when it rejects: an engine may get ready
   * meanwhile. Absent: at once.
   */
  readonly mayStart?: Promise<void>;
}

/**
 * A process started in a container. Reading slowly slows the process down. Whoever starts one
 * calls `kill` or reads to the end; both free everything.
 */
export interface ExecSession {
  /**
   * undefined when stdin was not asked for. Closing it is the half-close the process sees. Bytes are
   * the writer's again, to be overwritten, when their write resolves; so it is with all input.
   */
  readonly stdin?: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  /** Never yields with a TTY: everything is stdout there. */
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves with the exit code once the process has ended, even if something holds its pipes. */
  readonly exit: Promise<number>;
  resize(columns: number, rows: number): Promise<void>;
  /**
   * Ends the process and what it started, and closes the streams. When it has ended already, what it
   * left behind lives on, and may write on. Idempotent.
   */
  kill(): Promise<void>;
}

// ---- attach and port-forward ----

/** Which streams of a container's first process are wanted; at least one. */
export interface AttachRequest {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** As the container was made; a container without a terminal has none to attach to. */
  readonly tty: boolean;
}

/**
 * A look into the first process of a running container, from now on: what it wrote before is in
 * its log. Several may be open at once, each gets all output. Letting go of it never ends the
 * container, but the first one that ends its stdin, or goes, ends that of a `stdinOnce` container.
 */
export interface AttachSession {
  /** undefined when stdin was not asked for or the container has none. */
  readonly stdin?: WritableStream<Uint8Array>;
  /** Ends when the container does, or at `close`. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Never yields with a TTY: everything is stdout there. */
  readonly stderr: ReadableStream<Uint8Array>;
  resize(columns: number, rows: number): Promise<void>;
  /** Detaches and frees everything. Idempotent. */
  close(): Promise<void>;
}

/** A TCP connection to a listener on localhost inside a pod. Both directions end apart. */
export interface PodConnection {
  readonly readable: ReadableStream<Uint8Array>;
  /** Closing it is the half-close that the listener sees. */
  readonly writable: WritableStream<Uint8Array>;
  /** Cuts both directions off and frees everything. Idempotent. */
  close(): void;
}

// ---- images ----

export interface Image {
  readonly id: ImageId;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly sizeBytes: bigint;
  /** From the image's USER: a number is uid, a name is username. */
  readonly uid?: bigint;
  readonly username: string;
  readonly pinned: boolean;
  readonly annotations: StringMap;
}

export interface AuthConfig {
  readonly username: string;
  readonly password: string;
  /** base64 of user:password. */
  readonly auth: string;
  readonly serverAddress: string;
  readonly identityToken: string;
  readonly registryToken: string;
}

export interface FilesystemUsage {
  readonly timestampNs: bigint;
  readonly mountpoint: string;
  readonly usedBytes: bigint;
  readonly inodesUsed: bigint;
}

export interface ImageFsInfo {
  readonly imageFilesystems: readonly FilesystemUsage[];
  readonly containerFilesystems: readonly FilesystemUsage[];
}

// ---- stats ----

export interface PsiData {
  readonly totalUs: bigint;
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
}

export interface Psi {
  readonly full?: PsiData;
  readonly some?: PsiData;
}

export interface CpuUsage {
  readonly timestampNs: bigint;
  readonly usageNs: bigint;
  readonly usageNanoCores?: bigint;
  readonly psi?: Psi;
}

export interface MemoryUsage {
  readonly timestampNs: bigint;
  readonly workingSetBytes?: bigint;
  readonly availableBytes?: bigint;
  readonly usageBytes?: bigint;
  readonly rssBytes?: bigint;
  readonly pageFaults?: bigint;
  readonly majorPageFaults?: bigint;
  readonly psi?: Psi;
}

export interface SwapUsage {
  readonly timestampNs: bigint;
  readonly availableBytes?: bigint;
  readonly usageBytes?: bigint;
}

export interface ContainerStats {
  readonly container: Container;
  readonly cpu?: CpuUsage;
  readonly memory?: MemoryUsage;
  readonly swap?: SwapUsage;
  readonly io?: { readonly timestampNs: bigint; readonly psi?: Psi };
  readonly writableLayer?: FilesystemUsage;
}

export interface InterfaceUsage {
  readonly name: string;
  readonly rxBytes: bigint;
  readonly rxErrors: bigint;
  readonly txBytes: bigint;
  readonly txErrors: bigint;
}

export interface SandboxStats {
  readonly sandbox: Sandbox;
  readonly cpu?: CpuUsage;
  readonly memory?: MemoryUsage;
  readonly io?: { readonly timestampNs: bigint; readonly psi?: Psi };
  readonly network?: {
    readonly timestampNs: bigint;
    readonly interfaces: readonly InterfaceUsage[];
  };
  readonly processCount?: bigint;
  readonly containers: readonly ContainerStats[];
}

// ---- events and health ----

interface EngineEventBase {
  readonly kind: "created" | "started" | "stopped" | "deleted";
  readonly sandboxId: SandboxId;
  readonly timeNs: bigint;
  /** What the sandbox looked like, for events that outlive it ("deleted" of a sandbox). */
  readonly lastSandbox?: Sandbox;
}

/** A change that has already happened and shows in lists and status. */
export type EngineEvent =
  | EngineEventBase & { readonly subject: "sandbox" }
  | EngineEventBase & { readonly subject: "container"; readonly containerId: ContainerId };

/** Whether an engine can take new pods, and if not why; one of the node's conditions. */
export type EngineHealth =
  | { readonly ready: true; readonly version: string; readonly cgroupDriver?: CgroupDriver }
  | {
    readonly ready: false;
    readonly reason: string;
    readonly message: string;
    readonly cgroupDriver?: CgroupDriver;
  };

export type CgroupDriver = "cgroupfs" | "systemd";

/** What an engine offers beyond the common contract; advertised per handler in Status. */
export interface EngineFeatures {
  readonly recursiveReadOnlyMounts: boolean;
  readonly userNamespaces: boolean;
  readonly supplementalGroupsPolicy: boolean;
}
