/**
 * What the engine answers about containers and execs, in our own words: fields that may be absent
 * read as empty, times are nanoseconds, ids keep the engine's form.
 */

import {
  bigintAt,
  flagAt,
  listAt,
  numberAt,
  type Shape,
  shape,
  shapeAt,
  textAt,
  textMapAt,
  textsAt,
} from "./shape.ts";
import { parseTimestampNs } from "./timestamps.ts";

/** created, running, paused, restarting, removing, exited or dead; anything else reads unknown. */
export type DockerStatus =
  | "created"
  | "running"
  | "paused"
  | "restarting"
  | "removing"
  | "exited"
  | "dead"
  | "unknown";

/** One line of GET /containers/json. */
export interface DockerContainerSummary {
  readonly id: string;
  /** Without the leading slash. */
  readonly names: readonly string[];
  readonly image: string;
  readonly imageId: string;
  readonly createdAtNs: bigint;
  readonly status: DockerStatus;
  readonly labels: Readonly<Record<string, string>>;
}

/** The state of a container. */
export interface DockerState {
  readonly status: DockerStatus;
  readonly oomKilled: boolean;
  /** Of the first process, on the host; 0 when it does not run. */
  readonly pid: number;
  readonly exitCode: number;
  /** Why it could not be started; "" otherwise. */
  readonly error: string;
  /** 0n when it never started. */
  readonly startedAtNs: bigint;
  /** 0n while it runs or never ran. */
  readonly finishedAtNs: bigint;
}

/** GET /containers/{id}/json. */
export interface DockerContainer {
  readonly id: string;
  readonly name: string;
  readonly createdAtNs: bigint;
  /** The image's id as this engine names it. */
  readonly imageId: string;
  readonly state: DockerState;
  /** Host path of the resolv.conf that Docker mounts into the container. */
  readonly resolvConfPath: string;
  readonly hostsPath: string;
  readonly config: {
    /** As given at create. */
    readonly image: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly tty: boolean;
    readonly openStdin: boolean;
    readonly stdinOnce: boolean;
    readonly user: string;
    readonly stopSignal: string;
  };
  readonly hostConfig: {
    readonly networkMode: string;
    readonly ipcMode: string;
    readonly pidMode: string;
    readonly cgroupParent: string;
    readonly runtime: string;
    readonly privileged: boolean;
    readonly logDriver: string;
    readonly oomScoreAdj: number;
    readonly cpuShares: bigint;
    readonly cpuPeriod: bigint;
    readonly cpuQuota: bigint;
    readonly cpusetCpus: string;
    readonly cpusetMems: string;
    readonly memoryBytes: bigint;
    /** Memory and swap together; -1n = no limit. */
    readonly memorySwapBytes: bigint;
  };
  readonly graphDriver: {
    readonly name: string;
    /** UpperDir, MergedDir, … where the driver has them. */
    readonly data: Readonly<Record<string, string>>;
  };
  /** Bytes in the writable layer; only when asked for. */
  readonly sizeRwBytes?: bigint;
}

/** GET /exec/{id}/json. */
export interface DockerExec {
  readonly id: string;
  readonly containerId: string;
  readonly running: boolean;
  /** undefined while it runs and when it never started. */
  readonly exitCode?: number;
  /** On the host; 0 when it never started, and always 0 on engines before 1.25. */
  readonly pid: number;
}

const statuses: ReadonlySet<string> = new Set<DockerStatus>([
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
]);

/** Reads a status word. */
export function readStatus(text: string): DockerStatus {
  const lower = text.toLowerCase();
  return isStatus(lower) ? lower : "unknown";
}

function isStatus(text: string): text is DockerStatus {
  return statuses.has(text);
}

/** Reads one line of the container list; undefined when it has no id. */
export function readContainerSummary(value: unknown): DockerContainerSummary | undefined {
  const from = shape(value);
  const id = textAt(from, "Id");
  if (id === "") return undefined;
  return {
    id,
    names: textsAt(from, "Names").map(withoutSlash),
    image: textAt(from, "Image"),
    imageId: textAt(from, "ImageID"),
    createdAtNs: bigintAt(from, "Created") * 1_000_000_000n,
    status: readStatus(textAt(from, "State")),
    labels: textMapAt(from, "Labels"),
  };
}

/** Reads an inspected container; undefined when it has no id. */
export function readContainer(value: unknown): DockerContainer | undefined {
  const from = shape(value);
  const id = textAt(from, "Id");
  if (id === "") return undefined;
  const config = shapeAt(from, "Config");
  const host = shapeAt(from, "HostConfig");
  const graph = shapeAt(from, "GraphDriver");
  return {
    id,
    name: withoutSlash(textAt(from, "Name")),
    createdAtNs: parseTimestampNs(textAt(from, "Created")),
    imageId: textAt(from, "Image"),
    state: readState(shapeAt(from, "State")),
    resolvConfPath: textAt(from, "ResolvConfPath"),
    hostsPath: textAt(from, "HostsPath"),
    config: {
      image: textAt(config, "Image"),
      labels: textMapAt(config, "Labels"),
      tty: flagAt(config, "Tty"),
      openStdin: flagAt(config, "OpenStdin"),
      stdinOnce: flagAt(config, "StdinOnce"),
      user: textAt(config, "User"),
      stopSignal: textAt(config, "StopSignal"),
    },
    hostConfig: {
      networkMode: textAt(host, "NetworkMode"),
      ipcMode: textAt(host, "IpcMode"),
      pidMode: textAt(host, "PidMode"),
      cgroupParent: textAt(host, "CgroupParent"),
      runtime: textAt(host, "Runtime"),
      privileged: flagAt(host, "Privileged"),
      logDriver: textAt(shapeAt(host, "LogConfig"), "Type"),
      oomScoreAdj: numberAt(host, "OomScoreAdj"),
      cpuShares: bigintAt(host, "CpuShares"),
      cpuPeriod: bigintAt(host, "CpuPeriod"),
      cpuQuota: bigintAt(host, "CpuQuota"),
      cpusetCpus: textAt(host, "CpusetCpus"),
      cpusetMems: textAt(host, "CpusetMems"),
      memoryBytes: bigintAt(host, "Memory"),
      memorySwapBytes: bigintAt(host, "MemorySwap"),
    },
    graphDriver: { name: textAt(graph, "Name"), data: textMapAt(graph, "Data") },
    ...(typeof from["SizeRw"] === "number" ? { sizeRwBytes: bigintAt(from, "SizeRw") } : {}),
  };
}

function readState(from: Shape): DockerState {
  const status = readStatus(textAt(from, "Status"));
  const startedAtNs = parseTimestampNs(textAt(from, "StartedAt"));
  const finishedAtNs = parseTimestampNs(textAt(from, "FinishedAt"));
  // Of a process that ends at once an engine may note the end before the start (20.10 does).
  const isTooEarly = status === "exited" && finishedAtNs > 0n && finishedAtNs < startedAtNs;
  return {
    status,
    oomKilled: flagAt(from, "OOMKilled"),
    pid: numberAt(from, "Pid"),
    exitCode: numberAt(from, "ExitCode"),
    error: textAt(from, "Error"),
    startedAtNs,
    finishedAtNs: isTooEarly ? startedAtNs : finishedAtNs,
  };
}

/** Reads an inspected exec. */
export function readExec(value: unknown): DockerExec {
  const from = shape(value);
  const exitCode = from["ExitCode"];
  const running = flagAt(from, "Running");
  return {
    id: textAt(from, "ID"),
    containerId: textAt(from, "ContainerID"),
    running,
    pid: Math.max(0, Math.trunc(numberAt(from, "Pid"))),
    ...(typeof exitCode === "number" && !running ? { exitCode } : {}),
  };
}

/** Reads a list, leaving out what `read` finds unusable. */
export function readList<T>(
  value: unknown,
  read: (item: unknown) => T | undefined,
): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown) => read(item)).filter((item) => item !== undefined);
}

/** The id in the answer to a create. */
export function readCreatedId(value: unknown): string {
  return textAt(shape(value), "Id");
}

/** The warnings in the answer to a create. */
export function readWarnings(value: unknown): readonly string[] {
  return listAt(shape(value), "Warnings").filter((text) => typeof text === "string");
}

function withoutSlash(name: string): string {
  return name.startsWith("/") ? name.slice(1) : name;
}
