/**
 * The hyperd engine behind the common interface: wires its parts and hands every verb to the file
 * that is named after it. Start order: records, what a reboot left to do, then the first connect.
 */

import type { Clock } from "../../lib/clock.ts";
import { failedPrecondition, notFound, unimplemented } from "../../lib/errors.ts";
import { makePrivateDir } from "../../lib/files.ts";
import { KeyedLock } from "../../lib/lock.ts";
import type { Logger } from "../../lib/log.ts";
import type { ProcessRunner } from "../../lib/process.ts";
import type { Attachment, Namespaces, PodNetwork } from "../../network/mod.ts";
import { RecordStore } from "../../state/record_store.ts";
import { systemReadText } from "../../stats/mod.ts";
import { BackgroundWork } from "../common/background.ts";
import { Ledger } from "../common/ledger.ts";
import { Reservations } from "../common/reservations.ts";
import type {
  AttachRequest,
  AuthConfig,
  Container,
  CreateContainerRequest,
  EngineEvent,
  EngineFeatures,
  EngineHealth,
  ExecRequest,
  ExecSession,
  LinuxResources,
  Sandbox,
} from "../domain.ts";
import type { Engine, RoutedSandboxRequest, VerboseInfo } from "../engine.ts";
import type { ContainerId, ImageId, SandboxId } from "../ids.ts";
import type { HyperdClient } from "./client/mod.ts";
import { attachToContainer } from "./container_attach.ts";
import { createContainer } from "./container_create.ts";
import { removeContainer } from "./container_remove.ts";
import { startContainer } from "./container_start.ts";
import { stopContainer } from "./container_stop.ts";
import type { HyperdContext, HyperdSettings } from "./context.ts";
import { HyperdExecs } from "./exec/mod.ts";
import { aliasRecords, HyperdImages, type ImageAliases } from "./images/mod.ts";
import { containerInfo, sandboxInfo } from "./info.ts";
import { HyperdLink } from "./link.ts";
import { ContainerLogs } from "./logs/mod.ts";
import {
  type ContainerRecord,
  containerRecords,
  type SandboxRecord,
  sandboxRecords,
  toContainer,
  toSandbox,
} from "./records.ts";
import { reconcile, settleReboot } from "./recovery.ts";
import { dialSandbox } from "./sandbox_dial.ts";
import { removeSandbox } from "./sandbox_remove.ts";
import { runSandbox } from "./sandbox_run.ts";
import { stopSandbox } from "./sandbox_stop.ts";
import { ResourceUsage } from "./usage.ts";
import { watchHyperd } from "./watch.ts";

export interface HyperdEngineOptions extends Omit<HyperdSettings, "podDirectory"> {
  /** Records and files of pods; below the root directory. */
  readonly directory: string;
  /** The host was rebooted since the records were last used. */
  readonly wasRebooted: boolean;
}

export interface HyperdEngineParts {
  readonly client: HyperdClient;
  readonly network: PodNetwork;
  readonly namespaces: Namespaces;
  readonly processes: ProcessRunner;
  /** Told of what is written into container logs, for metrics. */
  readonly onLogWritten?: (sizeBytes: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** hyperd has fields for none of them. */
const hyperdFeatures: EngineFeatures = {
  recursiveReadOnlyMounts: false,
  userNamespaces: false,
  supplementalGroupsPolicy: false,
};

/** Opens the records; the engine connects when it is started. */
export async function openHyperdEngine(
  options: HyperdEngineOptions,
  parts: HyperdEngineParts,
): Promise<HyperdEngine> {
  const { directory } = options;
  const { log, clock } = parts;
  await makePrivateDir(`${directory}/pods`);
  const ledger = new Ledger<SandboxRecord, ContainerRecord>(
    "hyperd",
    await RecordStore.open(`${directory}/sandboxes`, sandboxRecords, log),
    await RecordStore.open(`${directory}/containers`, containerRecords, log),
    clock,
    log,
  );
  const aliases = await RecordStore.open(`${directory}/images`, aliasRecords, log);
  return new HyperdEngine(options, parts, ledger, aliases);
}

export class HyperdEngine implements Engine {
  readonly name = "hyperd";
  readonly #context: HyperdContext;

  /** Use {@linkcode openHyperdEngine}. */
  constructor(
    readonly options: HyperdEngineOptions,
    readonly parts: HyperdEngineParts,
    ledger: Ledger<SandboxRecord, ContainerRecord>,
    aliases: RecordStore<ImageAliases>,
  ) {
    const { client, network, namespaces, processes, clock, log } = parts;
    const locks = new KeyedLock();
    const link = new HyperdLink({
      client,
      clock,
      log,
      onConnect: () => this.#onConnect(),
      whileUp: (signal) => watchHyperd(this.#context, signal),
    });
    const hyperd = () => link.hyperd();
    const maxSizeBytes = options.logMaxSizeBytes;
    this.#context = {
      settings: { ...options, podDirectory: `${options.directory}/pods` },
      link,
      images: new HyperdImages({ hyperd, aliases, clock }),
      network,
      namespaces,
      ledger,
      logs: new ContainerLogs({
        ...{ ledger, clock, processes, log, maxSizeBytes },
        onWritten: parts.onLogWritten,
      }),
      execs: new HyperdExecs({ hyperd, clock, log }),
      usage: new ResourceUsage({ hyperd, ledger, clock, processes, read: systemReadText }),
      underWay: new Set(),
      sandboxNames: new Reservations(),
      containerNames: new Reservations(),
      asked: new Set(),
      locks,
      background: new BackgroundWork({ clock, log, locks }),
      clock,
      processes,
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
    return hyperdFeatures;
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
    // A VM keeps the size that it was made with.
    await this.#context.ledger.sandboxes.update(id, (record) => ({
      ...record,
      config: { ...record.config, ...change },
    }));
  }

  dial(id: SandboxId, port: number) {
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

  async updateContainerResources(id: ContainerId): Promise<void> {
    this.#known(id);
    throw unimplemented("hyperd has no limits for the containers of a pod: the VM is the limit");
  }

  async reopenContainerLog(id: ContainerId): Promise<void> {
    await this.#context.logs.reopen(this.#known(id).id);
  }

  async exec(id: ContainerId, request: ExecRequest): Promise<ExecSession> {
    await request.mayStart;
    const record = this.#known(id);
    if (record.phase.state !== "running") {
      throw failedPrecondition(`Cannot exec in container "${id}": it does not run`);
    }
    return await this.#context.execs.start(record, request);
  }

  attach(id: ContainerId, request: AttachRequest) {
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
    return this.#context.usage.imageFsInfo();
  }

  async exportImage(reference: string): Promise<ReadableStream<Uint8Array>> {
    throw unimplemented(`hyperd gives no image away: pull "${reference}" where it is needed`);
  }

  async importImage(): Promise<ImageId> {
    throw unimplemented("hyperd takes images from a registry only: pull it for a pod of hyperd's");
  }

  async containerStats(ids: readonly ContainerId[]) {
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

  #known(id: ContainerId): ContainerRecord {
    const record = this.#context.ledger.containers.get(id);
    if (record === undefined) throw notFound(`Container "${id}" is unknown`);
    return record;
  }

  async #onConnect(): Promise<void> {
    this.#context.usage.forget();
    await reconcile(this.#context, { hasReconnected: true });
  }
}
