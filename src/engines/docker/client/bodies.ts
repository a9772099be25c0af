/**
 * What is sent to the engine, in the engine's own field names. src/engines/docker/mapping builds
 * these; which API version each field needs stands in mapping/field_versions.ts.
 */

/** A device handed to a container. */
export interface DeviceBody {
  readonly PathOnHost: string;
  readonly PathInContainer: string;
  readonly CgroupPermissions: string;
}

/** A mount (API 1.25); older engines get Binds. */
export interface MountBody {
  readonly Type: "bind";
  readonly Source: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
  readonly BindOptions?: {
    readonly Propagation?: "rprivate" | "rslave" | "rshared";
    /** API 1.44. */
    readonly ReadOnlyNonRecursive?: boolean;
    /** API 1.44. */
    readonly ReadOnlyForceRecursive?: boolean;
  };
}

/** Limits that create and update share. */
export interface ResourcesBody {
  readonly CpuShares?: number;
  readonly CpuPeriod?: number;
  readonly CpuQuota?: number;
  readonly CpusetCpus?: string;
  readonly CpusetMems?: string;
  readonly Memory?: number;
  readonly MemorySwap?: number;
}

/** The host's side of a container. */
export interface HostConfigBody extends ResourcesBody {
  readonly Binds?: readonly string[];
  readonly Mounts?: readonly MountBody[];
  readonly CapAdd?: readonly string[];
  readonly CapDrop?: readonly string[];
  readonly CgroupParent?: string;
  readonly CgroupnsMode?: "host" | "private";
  readonly Devices?: readonly DeviceBody[];
  readonly DeviceRequests?: readonly {
    readonly Driver: string;
    readonly DeviceIDs: readonly string[];
  }[];
  readonly GroupAdd?: readonly string[];
  readonly IpcMode?: string;
  readonly LogConfig?: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
  readonly MaskedPaths?: readonly string[];
  readonly NetworkMode?: string;
  readonly OomScoreAdj?: number;
  readonly PidMode?: string;
  readonly Privileged?: boolean;
  readonly ReadonlyPaths?: readonly string[];
  readonly ReadonlyRootfs?: boolean;
  readonly RestartPolicy?: { readonly Name: "no" };
  readonly Runtime?: string;
  readonly SecurityOpt?: readonly string[];
  readonly ShmSize?: number;
  readonly Sysctls?: Readonly<Record<string, string>>;
  readonly UTSMode?: string;
  readonly UsernsMode?: string;
}

/** The body of POST /containers/create. */
export interface ContainerCreateBody {
  readonly Image: string;
  readonly Hostname?: string;
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly AttachStderr?: boolean;
  readonly OpenStdin?: boolean;
  readonly StdinOnce?: boolean;
  readonly Tty?: boolean;
  readonly StopSignal?: string;
  readonly Healthcheck?: { readonly Test: readonly string[] };
  readonly HostConfig: HostConfigBody;
}

/** The body of POST /containers/{id}/update. */
export type ContainerUpdateBody = ResourcesBody;

/** The body of POST /containers/{id}/exec. */
export interface ExecCreateBody {
  readonly Cmd: readonly string[];
  readonly Tty: boolean;
  readonly AttachStdin: boolean;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
}
