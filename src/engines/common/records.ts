/**
 * What every engine remembers of its sandboxes and containers, durably: enough to answer lists and
 * status while what is behind it is away, and to tear everything down after a crash at any point.
 * An engine extends these with what it alone needs.
 */

import type { Attachment } from "../../network/mod.ts";
import type { LogFormat, LogPosition } from "../../logs/mod.ts";
import { internal } from "../../lib/errors.ts";
import type { RecordKind } from "../../state/record_store.ts";
import type {
  ApiVersion,
  Container,
  ContainerBase,
  ContainerConfig,
  EngineName,
  LinuxResources,
  Sandbox,
  SandboxConfig,
} from "../domain.ts";
import type { ContainerId, ImageId, SandboxId } from "../ids.ts";

/**
 * A sandbox. `phase` "creating" means RunPodSandbox has not answered: after a crash such a
 * sandbox is undone, as its id was never told to anybody.
 */
export interface SandboxRecord {
  readonly id: SandboxId;
  readonly phase: "creating" | "ready" | "notready";
  readonly config: SandboxConfig;
  readonly handler: string;
  readonly api: ApiVersion;
  readonly routingReason: string;
  readonly createdAtNs: bigint;
  /** Set once the sandbox is not ready: what happened. */
  readonly notReadyReason?: string;
  /** The pinned namespace's name; absent for host network. */
  readonly netns?: string;
  /** What CNI was asked and answered; absent before ADD and after a complete DEL. */
  readonly attachment?: Attachment | undefined;
  readonly ips: readonly string[];
}

/** How a container ended or stands, as last seen. */
export type ContainerPhase =
  | { readonly state: "created" }
  | { readonly state: "running"; readonly startedAtNs: bigint; readonly pid: number }
  | {
    readonly state: "exited";
    readonly startedAtNs: bigint;
    readonly finishedAtNs: bigint;
    readonly exitCode: number;
    readonly reason: string;
    readonly message: string;
  };

/** A container. The environment is left out of what is kept: it may hold secrets. */
export interface ContainerRecord {
  readonly id: ContainerId;
  readonly sandboxId: SandboxId;
  readonly config: Omit<ContainerConfig, "envs">;
  /** Of the whole config, to tell a repeated request from a different one. */
  readonly configHash: string;
  readonly imageId: ImageId;
  readonly createdAtNs: bigint;
  /** Absolute; "" = no log. */
  readonly logPath: string;
  readonly logFormat: LogFormat;
  /** Where the log stood when its file was last changed or closed. */
  readonly logPosition?: LogPosition;
  readonly resources: LinuxResources;
  readonly stopSignal: string;
  readonly phase: ContainerPhase;
}

/** How sandbox records without additions are stored. */
export const sandboxRecords: RecordKind<SandboxRecord> = {
  version: 1,
  migrations: {},
  check: checkSandbox<SandboxRecord>,
};

/** How container records without additions are stored; an engine checks its own kind. */
export const containerRecords: RecordKind<ContainerRecord> = {
  version: 1,
  migrations: {},
  check: checkContainer<ContainerRecord>,
};

/** What every kind of sandbox record must have. */
export function checkSandbox<S extends SandboxRecord>(data: unknown): S {
  return checkFields<S>(data, ["id", "phase", "config", "createdAtNs"]);
}

/** What every kind of container record must have. */
export function checkContainer<C extends ContainerRecord>(data: unknown): C {
  return checkFields<C>(data, ["id", "sandboxId", "config", "createdAtNs", "phase"]);
}

/** The checksum has vouched for the content; this guards against a file of another kind. */
function checkFields<T>(data: unknown, fields: readonly string[]): T {
  if (data === null || typeof data !== "object") throw internal("Record is not an object");
  const missing = fields.find((field) => !Object.hasOwn(data, field));
  if (missing !== undefined) throw internal(`Record lacks "${missing}"`);
  return data as T;
}

/** A record as lists and status show it. */
export function toSandbox(engine: EngineName, record: SandboxRecord): Sandbox {
  return {
    id: record.id,
    engine,
    metadata: record.config.metadata,
    state: record.phase === "ready" ? "ready" : "notready",
    createdAtNs: record.createdAtNs,
    labels: record.config.labels,
    annotations: record.config.annotations,
    handler: record.handler,
    namespaces: record.config.security.namespaces,
    ips: record.ips,
    api: record.api,
    routingReason: record.routingReason,
    ...(record.notReadyReason === undefined ? {} : { notReadyReason: record.notReadyReason }),
  };
}

/** A record as lists and status show it. */
export function toContainer(engine: EngineName, record: ContainerRecord): Container {
  const { config, phase } = record;
  const base: ContainerBase = {
    id: record.id,
    sandboxId: record.sandboxId,
    engine,
    metadata: config.metadata,
    image: config.image,
    imageId: record.imageId,
    createdAtNs: record.createdAtNs,
    labels: config.labels,
    annotations: config.annotations,
    mounts: config.mounts,
    logPath: record.logPath,
    resources: record.resources,
    stopSignal: record.stopSignal,
    tty: config.tty,
    stdin: config.stdin,
    stdinOnce: config.stdinOnce,
  };
  switch (phase.state) {
    case "created":
      return { ...base, state: "created" };
    case "running":
      return { ...base, state: "running", startedAtNs: phase.startedAtNs };
    case "exited":
      return { ...base, ...phase };
  }
}
