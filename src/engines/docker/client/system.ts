/**
 * The engine's own state: versions, information, disk usage.
 */

import { type ApiVersion, hasApi, parseApiVersion, type ServerVersions } from "./api_version.ts";
import type { Transport } from "./call.ts";
import { answerError } from "./errors.ts";
import {
  flagAt,
  isShape,
  listAt,
  numberAt,
  type Shape,
  shape,
  shapeAt,
  textAt,
  textsAt,
} from "./shape.ts";

/** What GET /version and /_ping tell. */
export interface DockerVersion extends ServerVersions {
  /** "20.10.24". */
  readonly engineVersion: string;
  readonly kernelVersion: string;
}

/** What GET /info tells that frakti acts on. */
export interface DockerInfo {
  readonly id: string;
  readonly engineVersion: string;
  readonly rootDir: string;
  /** cgroupfs, systemd or none; "" when the engine does not say. */
  readonly cgroupDriver: string;
  readonly cgroupVersion: 1 | 2;
  readonly kernelVersion: string;
  readonly storageDriver: string;
  /** True when images live in containerd's store (Docker 29's default). */
  readonly containerdImageStore: boolean;
  /** Empty on engines before 1.30, which do not say. */
  readonly logDrivers: readonly string[];
  readonly defaultRuntime: string;
  readonly runtimes: readonly DockerRuntime[];
  readonly liveRestore: boolean;
  readonly memoryLimit: boolean;
  readonly swapLimit: boolean;
  /** Where CDI specifications are looked for; empty when CDI is off. */
  readonly cdiSpecDirs: readonly string[];
  /** seccomp, apparmor, selinux, userns, rootless, cgroupns, … */
  readonly securityOptions: readonly string[];
  readonly warnings: readonly string[];
}

/** An OCI runtime that the engine can use. */
export interface DockerRuntime {
  readonly name: string;
  /** True when it advertises recursive read-only mounts (engines from 1.44 on ask it). */
  readonly recursiveReadOnly: boolean;
}

/** Sizes from GET /system/df. */
export interface DockerDiskUsage {
  /** All image layers together, each counted once; undefined when the engine does not say. */
  readonly layersBytes?: bigint;
}

/** Asks an engine who it is; needs no negotiated version. */
export async function askVersion(transport: Transport): Promise<DockerVersion> {
  const action = `Cannot reach Docker at "${transport.endpoint}"`;
  const answer = await transport.call({
    action,
    method: "GET",
    path: "/version",
    unversioned: true,
    timeoutMs: connectTimeoutMs,
  });
  const from = shape(answer.body);
  const newest = parseApiVersion(textAt(from, "ApiVersion")) ??
    parseApiVersion(answer.headers.get("api-version") ?? "");
  if (newest === undefined) {
    throw answerError(action, 501, "It does not say which API version it speaks");
  }
  const oldest = parseApiVersion(textAt(from, "MinAPIVersion"));
  return {
    newest,
    ...(oldest === undefined ? {} : { oldest }),
    engineVersion: textAt(from, "Version"),
    kernelVersion: textAt(from, "KernelVersion"),
  };
}

/** Whether the engine answers at all: cheap, for health checks. */
export async function ping(transport: Transport): Promise<void> {
  await transport.call({
    action: `Cannot reach Docker at "${transport.endpoint}"`,
    method: "GET",
    path: "/_ping",
    unversioned: true,
    timeoutMs: pingTimeoutMs,
  });
}

const connectTimeoutMs = 30_000; // /version runs runc and containerd for theirs.
const pingTimeoutMs = 10_000;

/** GET /info. It runs other programs on the host: ask seldom. */
export async function askInfo(transport: Transport): Promise<DockerInfo> {
  const answer = await transport.call({
    action: "Cannot ask Docker for its state",
    method: "GET",
    path: "/info",
  });
  return readInfo(answer.body);
}

/** Reads GET /info. */
export function readInfo(value: unknown): DockerInfo {
  const from = shape(value);
  return {
    id: textAt(from, "ID"),
    engineVersion: textAt(from, "ServerVersion"),
    rootDir: textAt(from, "DockerRootDir"),
    cgroupDriver: textAt(from, "CgroupDriver"),
    cgroupVersion: textAt(from, "CgroupVersion") === "2" ? 2 : 1,
    kernelVersion: textAt(from, "KernelVersion"),
    storageDriver: textAt(from, "Driver"),
    containerdImageStore: listAt(from, "DriverStatus").some((pair) =>
      Array.isArray(pair) && pair[0] === "driver-type" && pair[1] === "io.containerd.snapshotter.v1"
    ),
    logDrivers: textsAt(shapeAt(from, "Plugins"), "Log"),
    defaultRuntime: textAt(from, "DefaultRuntime"),
    runtimes: readRuntimes(shapeAt(from, "Runtimes")),
    liveRestore: flagAt(from, "LiveRestoreEnabled"),
    memoryLimit: flagAt(from, "MemoryLimit"),
    swapLimit: flagAt(from, "SwapLimit"),
    cdiSpecDirs: textsAt(from, "CDISpecDirs"),
    securityOptions: textsAt(from, "SecurityOptions").map(securityOptionName),
    warnings: textsAt(from, "Warnings"),
  };
}

/** "name=seccomp,profile=default" (from 1.25) or "seccomp" (1.24). */
function securityOptionName(text: string): string {
  const first = text.split(",")[0] ?? "";
  return first.startsWith("name=") ? first.slice("name=".length) : first;
}

const ociFeatures = "org.opencontainers.runtime-spec.features";

function readRuntimes(from: Shape): readonly DockerRuntime[] {
  return Object.entries(from).map(([name, value]) => {
    const features = textAt(shapeAt(shape(value), "status"), ociFeatures);
    return { name, recursiveReadOnly: mountOptionsOf(features).includes("rro") };
  });
}

function mountOptionsOf(features: string): readonly string[] {
  if (features === "") return [];
  try {
    return textsAt(shape(JSON.parse(features)), "mountOptions");
  } catch {
    return []; // A runtime that prints nonsense advertises nothing.
  }
}

/** GET /system/df, images only where the engine can leave the rest out. It may take minutes. */
export async function askDiskUsage(
  transport: Transport,
  version: ApiVersion,
): Promise<DockerDiskUsage> {
  const answer = await transport.call({
    action: "Cannot ask Docker for its disk usage",
    method: "GET",
    path: "/system/df",
    query: { type: hasApi(version, 42) ? "image" : undefined },
    long: true,
    timeoutMs: diskUsageTimeoutMs,
  });
  return readDiskUsage(answer.body);
}

const diskUsageTimeoutMs = 600_000; // It walks every layer on engines before 23.

/** Reads GET /system/df: `LayersSize` up to 1.52, `ImagesUsage`/`ImageUsage` from there on. */
export function readDiskUsage(value: unknown): DockerDiskUsage {
  const from = shape(value);
  for (const key of ["ImageUsage", "ImagesUsage"]) {
    const usage = from[key];
    if (isShape(usage) && typeof usage["TotalSize"] === "number") {
      return { layersBytes: BigInt(Math.max(0, Math.trunc(numberAt(usage, "TotalSize")))) };
    }
  }
  if (typeof from["LayersSize"] !== "number") return {};
  return { layersBytes: BigInt(Math.max(0, Math.trunc(numberAt(from, "LayersSize")))) };
}
