/**
 * The Docker engine behind the common interface: wires its parts and hands every verb to the file
 * that is named after it. Start order: records, what a reboot left to do, then the first connect.
 */

import type { Clock } from "../../lib/clock.ts";
import { notFound } from "../../lib/errors.ts";
import { readTextIfExists, writeFileAtomic } from "../../lib/files.ts";
import { KeyedLock } from "../../lib/lock.ts";
import type { Logger } from "../../lib/log.ts";
import type { ProcessRunner } from "../../lib/process.ts";
import type { Attachment, Namespaces, PodDialer, PodNetwork } from "../../network/mod.ts";
import { RecordStore } from "../../state/record_store.ts";
import { systemReadText } from "../../stats/mod.ts";
import type {
  AttachRequest,
  AttachSession,
  AuthConfig,
  CgroupDriver,
  Container,
  CreateContainerRequest,
  EngineEvent,
  EngineFeatures,
  EngineHealth,
  ExecRequest,
  ExecSession,
  LinuxResources,
  PodConnection,
  Sandbox,
} from "../domain.ts";
import type { Engine, ImageNames, RoutedSandboxRequest, VerboseInfo } from "../engine.ts";
import type { ContainerId, ImageId, SandboxId } from "../ids.ts";
import type { DockerClient } from "./client/mod.ts";
import { attachToContainer } from "./container_attach.ts";
import { createContainer } from "./container_create.ts";
import { ContainerLogs } from "./container_logs.ts";
import { removeContainer } from "./container_remove.ts";
import { startContainer } from "./container_start.ts";
import { stopContainer } from "./container_stop.ts";
import { updateContainerResources } from "./container_update.ts";
import type { DockerContext, DockerSettings } from "./context.ts";
import { DockerExecs } from "./exec/mod.ts";
import { DockerImages } from "./images/mod.ts";
import { containerInfo, sandboxInfo } from "./info.ts";
import { dockerFeatures } from "./mapping/mod.ts";
import { BackgroundWork } from "../common/background.ts";
import { Ledger } from "../common/ledger.ts";
import { DockerLink } from "./link.ts";
import {
  type ContainerRecord,
  containerRecords,
  type SandboxRecord,
  sandboxRecords,
  toContainer,
  toSandbox,
} from "./records.ts";
import { reconcile, settleReboot } from "./recovery.ts";
import { Reservations } from "../common/reservations.ts";
import { dialSandbox } from "./sandbox_dial.ts";
import { removeSandbox } from "./sandbox_remove.ts";
import { runSandbox } from "./sandbox_run.ts";
import { stopSandbox } from "./sandbox_stop.ts";
import { ResourceUsage } from "./usage.ts";
import { watchDocker } from "./watch.ts";

export interface DockerEngineOptions extends DockerSettings {
  /** Where records are kept; below the root directory. */
  readonly recordDirectory: string;
  readonly cgroupDriver: CgroupDriver | "auto";
  /** The host was rebooted since the records were last used. */
  readonly wasRebooted: boolean;
}

export interface DockerEngineParts {
  readonly client: DockerClient;
  readonly network: PodNetwork;
  readonly namespaces: Namespaces;
  readonly dialer: PodDialer;
  readonly processes: ProcessRunner;
  /** Told of what is written into container logs, for metrics. */
  readonly onLogWritten?: (sizeBytes: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Events this much older than the connect are asked for again: clocks of two processes. */
const eventOverlapNs = 2_000_000_000n;

/** Opens the records; the engine connects when it is started. */
export async function openDockerEngine(
  options: DockerEngineOptions,
  parts: DockerEngineParts,
): Promise<DockerEngine> {
  const { recordDirectory: dir } = options;
  const sandboxes = await RecordStore.open(`${dir}/sandboxes`, sandboxRecords, parts.log);
  const containers = await RecordStore.open(`${dir}/containers`, containerRecords, parts.log);
  const driver = await readLastCgroupDriver(dir);
  return new DockerEngine(options, parts, {
    ledger: new Ledger("docker", sandboxes, containers, parts.clock, parts.log),
    ...(driver === undefined ? {} : { lastCgroupDriver: driver }),
  });
}

export class DockerEngine implements Engine {
  readonly name = "docker";
  readonly #context: DockerContext;
  readonly #execs: DockerExecs;
  /** Nothing that happens while records and Docker are compared may be missed. */
  #eventsSinceNs = 0n;

  /** Use {@linkcode openDockerEngine}. */
  constructor(
    readonly options: DockerEngineOptions,
    readonly parts: DockerEngineParts,
    opened: {
      readonly ledger: Ledger<SandboxRecord, ContainerRecord>;
      readonly lastCgroupDriver?: CgroupDriver;
    },
  ) {
    const { client, clock, log } = parts;
    const { ledger, lastCgroupDriver } = opened;
    this.#execs = new DockerExecs({ client, clock, log });
    const locks = new KeyedLock();
    const link = new DockerLink({
      client,
      clock,
      log,
      cgroupDriver: options.cgroupDriver,
      ...(lastCgroupDriver === undefined ? {} : { lastCgroupDriver }),
      onConnect: () => this.#onConnect(),
      whileUp: (signal) => this.#whileUp(signal),
    });
    this.#context = {
      settings: options,
      link,
      images: new DockerImages({ client, clock, log, pauseImage: options.pauseImage }),
      network: parts.network,
      namespaces: parts.namespaces,
      dialer: parts.dialer,
      ledger,
      logs: new ContainerLogs({
        client,
        info: () => link.info(),
        ledger,
        clock,
        log,
        maxSizeBytes: options.logMaxSizeBytes,
        onWritten: parts.onLogWritten,
      }),
      usage: new ResourceUsage({
        client,
        ledger,
        clock,
        log,
        processes: parts.processes,
        read: systemReadText,
        dockerRootDir: () => link.info()?.rootDir,
      }),
      sandboxNames: new Reservations(),
      containerNames: new Reservations(),
      beingStopped: new Set(),
      locks,
      background: new BackgroundWork({ clock, log, locks }),
      clock,
      processes: parts.processes,
      log,
    };
  }

  async start(): Promise<void> {
    if (this.options.wasRebooted) await settleReboot(this.#context);
    await this.#context.link.start();
  }

  async close(): Promise<void> {
    await this.#context.background.close();
    await this.#context.link.close();
    await this.#context.logs.closeAll();
    this.parts.client.close();
  }

  health(): EngineHealth {
    return this.#context.link.health();
  }

  features(): EngineFeatures {
    const info = this.#context.link.info();
    const facts = info === undefined
      ? undefined
      : { info, apiVersion: this.parts.client.apiVersion() };
    return dockerFeatures(facts);
  }

  runSandbox(request: RoutedSandboxRequest): Promise<SandboxId> {
    return runSandbox(this.#context, request);
  }

  stopSandbox(id: SandboxId): Promise<void> {
    return stopSandbox(this.#context, id);
  }

  removeSandbox(id: SandboxId): Promise<void> {
    return removeSandbox(this.#context, id);
  }

  sandbox(id: SandboxId): Sandbox | undefined {
    const record = this.#context.ledger.sandboxes.get(id);
    return record === undefined || record.phase === "creating" ? undefined : toSandbox(record);
  }

  sandboxes(): readonly Sandbox[] {
    return [...this.#context.ledger.sandboxes.all()]
      .filter((record) => record.phase !== "creating").map(toSandbox);
  }

  sandboxInfo(id: SandboxId): Promise<VerboseInfo> {
    return sandboxInfo(this.#context, id);
  }

  async updateSandboxResources(
    id: SandboxId,
    change: { readonly overhead?: LinuxResources; readonly resources?: LinuxResources },
  ): Promise<void> {
    // The pod's cgroup is the kubelet's and has been changed already: Docker has nothing to add.
    await this.#context.ledger.sandboxes.update(id, (record) => ({
      ...record,
      config: { ...record.config, ...change },
    }));
  }

  dial(id: SandboxId, port: number): Promise<PodConnection> {
    return dialSandbox(this.#context, id, port);
  }

  createContainer(request: CreateContainerRequest): Promise<ContainerId> {
    return createContainer(this.#context, request);
  }

  startContainer(id: ContainerId): Promise<void> {
    return startContainer(this.#context, id);
  }

  stopContainer(id: ContainerId, graceMs: number): Promise<void> {
    return stopContainer(this.#context, id, graceMs);
  }

  removeContainer(id: ContainerId): Promise<void> {
    return removeContainer(this.#context, id);
  }

  container(id: ContainerId): Container | undefined {
    const record = this.#context.ledger.containers.get(id);
    return record === undefined ? undefined : toContainer(record);
  }

  containers(): readonly Container[] {
    return [...this.#context.ledger.containers.all()].map(toContainer);
  }

  containerInfo(id: ContainerId): Promise<VerboseInfo> {
    return containerInfo(this.#context, id);
  }

  updateContainerResources(id: ContainerId, resources: LinuxResources): Promise<void> {
    return updateContainerResources(this.#context, id, resources);
  }

  async reopenContainerLog(id: ContainerId): Promise<void> {
    const record = this.#context.ledger.containers.get(id);
    if (record === undefined) throw notFound(`Container "${id}" is unknown`);
    await this.#context.logs.reopen(record);
  }

  exec(id: ContainerId, request: ExecRequest): Promise<ExecSession> {
    this.#context.link.docker();
    return this.#execs.start(id, request);
  }

  attach(id: ContainerId, request: AttachRequest): Promise<AttachSession> {
    return attachToContainer(this.#context, id, request);
  }

  listImages() {
    return this.#context.images.list();
  }

  image(reference: string) {
    return this.#context.images.find(reference);
  }

  pullImage(
    reference: string,
    auth: AuthConfig | undefined,
    signal: AbortSignal,
  ): Promise<ImageId> {
    return this.#context.images.pull(reference, auth, signal);
  }

  removeImage(reference: string): Promise<void> {
    return this.#context.images.remove(reference);
  }

  imageFsInfo() {
    return this.#context.images.fsInfo();
  }

  exportImage(reference: string): Promise<ReadableStream<Uint8Array>> {
    return this.#context.images.exportImage(reference);
  }

  importImage(archive: ReadableStream<Uint8Array>, known: ImageNames): Promise<ImageId> {
    return this.#context.images.importImage(archive, known);
  }

  containerStats(ids: readonly ContainerId[]) {
    return this.#context.usage.containerStats(ids);
  }

  sandboxStats(ids: readonly SandboxId[]) {
    return this.#context.usage.sandboxStats(ids);
  }

  /** What the pods of this engine hold of the network, planned attachments included. */
  attachments(): readonly Attachment[] {
    return [...this.#context.ledger.sandboxes.all()].flatMap(({ attachment }) => attachment ?? []);
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    return this.#context.ledger.onEvent(listener);
  }

  async #onConnect(): Promise<void> {
    this.#eventsSinceNs = this.#context.clock.nowNs() - eventOverlapNs;
    const health = this.#context.link.health();
    await reconcile(this.#context);
    if (health.cgroupDriver !== undefined) {
      await writeLastCgroupDriver(this.options.recordDirectory, health.cgroupDriver);
    }
  }

  async #whileUp(signal: AbortSignal): Promise<void> {
    await watchDocker(this.#context, this.#execs, this.#eventsSinceNs, signal);
  }
}

const smallFileBytes = 4096;

async function readLastCgroupDriver(dir: string): Promise<CgroupDriver | undefined> {
  const text = (await readTextIfExists(`${dir}/cgroup_driver`, smallFileBytes) ?? "").trim();
  return text === "cgroupfs" || text === "systemd" ? text : undefined;
}

async function writeLastCgroupDriver(dir: string, driver: CgroupDriver): Promise<void> {
  if (await readLastCgroupDriver(dir) !== driver) {
    await writeFileAtomic(`${dir}/cgroup_driver`, `${driver}\n`);
  }
}
