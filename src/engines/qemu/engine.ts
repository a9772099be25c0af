/**
 * The qemu engine behind the common interface: wires its parts and hands every verb to the file that
 * is named after it. It has no daemon: it is ready when QEMU and the guest's files are there.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe, notFound, unavailable } from "../../lib/errors.ts";
import { makePrivateDir } from "../../lib/files.ts";
import { KeyedLock } from "../../lib/lock.ts";
import type { Logger } from "../../lib/log.ts";
import type { ProcessStarter } from "../../lib/detached.ts";
import { Mounts } from "../../lib/mounts.ts";
import type { ProcessRunner } from "../../lib/process.ts";
import type { Attachment, Namespaces, PodNetwork } from "../../network/mod.ts";
import { RecordStore } from "../../state/record_store.ts";
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
  ImageFsInfo,
  LinuxResources,
  Sandbox,
} from "../domain.ts";
import type { Engine, ImageNames, RoutedSandboxRequest, VerboseInfo } from "../engine.ts";
import type { ContainerId, ImageId, SandboxId } from "../ids.ts";
import { type CgroupFiles, CgroupTree, VmCgroups } from "./cgroups/mod.ts";
import { createContainer } from "./container_create.ts";
import { attachToContainer, dialSandbox, execInContainer } from "./container_exec.ts";
import { ContainerOutputs } from "./container_outputs.ts";
import { removeContainer } from "./container_remove.ts";
import { startContainer } from "./container_start.ts";
import { stopContainer } from "./container_stop.ts";
import { updateContainerResources } from "./container_update.ts";
import type { QemuContext, QemuSettings } from "./context.ts";
import { ImageHolds } from "./image_holds.ts";
import { ImageStore, QemuImages, type Registries } from "./images/mod.ts";
import { containerInfo, sandboxInfo } from "./info.ts";
import { qemuFeatures } from "./oci/mod.ts";
import { LivePods } from "./pods.ts";
import { Readiness } from "./readiness.ts";
import {
  type ContainerRecord,
  containerRecords,
  type SandboxRecord,
  sandboxRecords,
  toContainer,
  toSandbox,
  usesImage,
} from "./records.ts";
import { recover } from "./recovery.ts";
import { removeSandbox } from "./sandbox_remove.ts";
import { runSandbox } from "./sandbox_run.ts";
import { stopSandbox } from "./sandbox_stop.ts";
import { UnreachedPods } from "./unreached.ts";
import { ResourceUsage } from "./usage.ts";
import { type HostSize, type ProcFiles, VmLauncher } from "./vm/mod.ts";
import { orByVmEnd, orVmEndOf } from "./vm_end_reason.ts";

export interface QemuEngineOptions extends QemuSettings {
  /** Records and images; below the root directory. */
  readonly directory: string;
  readonly stateDirectory: string;
  readonly binary: string;
  readonly accel: "auto" | "kvm" | "tcg";
  /** Of this machine; VMs run on x86_64 alone, which is what is assumed. */
  readonly arch?: string;
  readonly registries: Registries;
  /** The host was rebooted since the records were last used. */
  readonly wasRebooted: boolean;
  readonly bootId: string;
}

export interface QemuEngineParts {
  readonly network: PodNetwork;
  readonly namespaces: Namespaces;
  readonly processes: ProcessRunner;
  readonly starter: ProcessStarter;
  readonly proc: ProcFiles;
  readonly cgroupFiles: CgroupFiles;
  /** What the node has, beyond which no VM goes. */
  readonly host: HostSize;
  /** The node's way to registries (images/proxies.ts). */
  readonly proxies?: Readonly<Record<string, string>>;
  readonly onBoot?: QemuContext["onBoot"];
  /** Told of what is written into container logs, for metrics. */
  readonly onLogWritten?: (sizeBytes: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Opens the records and the image store; VMs are found again when the engine is started. */
export async function openQemuEngine(
  options: QemuEngineOptions,
  parts: QemuEngineParts,
): Promise<QemuEngine> {
  const { directory, podDirectory } = options;
  const { log, clock } = parts;
  await makePrivateDir(podDirectory);
  const ledger = new Ledger<SandboxRecord, ContainerRecord>(
    "qemu",
    await RecordStore.open(`${directory}/sandboxes`, sandboxRecords, log),
    await RecordStore.open(`${directory}/containers`, containerRecords, log),
    clock,
    log,
  );
  const tree = await CgroupTree.find(parts.cgroupFiles);
  return new QemuEngine(options, parts, {
    ledger,
    store: await ImageStore.open(`${directory}/images`, log),
    cgroups: new VmCgroups(tree, { clock, log }),
  });
}

export class QemuEngine implements Engine {
  readonly name = "qemu";
  readonly mountsImages = true;
  readonly #context: QemuContext;
  readonly #readiness: Readiness;

  /** Use {@linkcode openQemuEngine}. */
  constructor(
    readonly options: QemuEngineOptions,
    readonly parts: QemuEngineParts,
    { ledger, store, cgroups }: {
      readonly ledger: Ledger<SandboxRecord, ContainerRecord>;
      readonly store: ImageStore;
      readonly cgroups: VmCgroups;
    },
  ) {
    const { processes, clock, log } = parts;
    const launcher = new VmLauncher(
      { stateDirectory: options.stateDirectory, qemuBinary: options.binary },
      { ...parts, log },
    );
    const locks = new KeyedLock();
    const unreached = new UnreachedPods({ clock, log });
    const pods = new LivePods(unreached);
    const imageHolds = new ImageHolds();
    this.#readiness = new Readiness(options, { ...parts, launcher });
    this.#context = {
      settings: options,
      launcher,
      cgroups,
      host: parts.host,
      onBoot: parts.onBoot ?? (() => {}),
      images: new QemuImages({
        store,
        processes,
        clock,
        log,
        registries: options.registries,
        proxies: parts.proxies,
        isInUse: (id) =>
          imageHolds.has(id) ||
          [...ledger.containers.all()].some((record) => usesImage(record, id)),
      }),
      network: parts.network,
      namespaces: parts.namespaces,
      ledger,
      pods,
      unreached,
      outputs: new ContainerOutputs({
        ledger,
        clock,
        log,
        maxSizeBytes: options.logMaxSizeBytes,
        onWritten: parts.onLogWritten,
      }),
      usage: new ResourceUsage({ ledger, pods, clock, log, podDirectory: options.podDirectory }),
      mounts: new Mounts(processes),
      sandboxNames: new Reservations(),
      containerNames: new Reservations(),
      making: new Set(),
      imageHolds,
      locks,
      background: new BackgroundWork({ clock, log, locks }),
      acceleration: () => this.#readiness.acceleration(),
      guest: () => this.#readiness.guest(),
      clock,
      processes,
      log,
    };
  }

  async start(): Promise<void> {
    const { launcher, log } = this.#context;
    try {
      await launcher.prepare();
      await recover(this.#context, this.options);
    } catch (error) {
      log.error("VMs could not be found again", { error: describe(error) });
    }
    await this.#readiness.start();
  }

  async close(): Promise<void> {
    await this.#context.background.close();
    await this.#readiness.close();
    const searched = this.#context.unreached.close(); // No pod comes after this.
    for (const pod of this.#context.pods.all()) pod.release();
    await searched;
    await this.#context.outputs.closeAll();
  }

  health(): EngineHealth {
    return this.#readiness.health();
  }

  features(): EngineFeatures {
    return qemuFeatures;
  }

  runSandbox(request: RoutedSandboxRequest): Promise<SandboxId> {
    const health = this.health();
    if (!health.ready) throw unavailable(`Cannot run a VM: ${health.message}`);
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
    // A VM keeps the size that it was made with; what the containers in it may use is changed by
    // UpdateContainerResources.
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
    return orVmEndOf(this.#context, id, () => startContainer(this.#context, id));
  }

  stopContainer(id: ContainerId, graceMs: number): Promise<void> {
    return orByVmEnd(this.#context, id, () => stopContainer(this.#context, id, graceMs));
  }

  removeContainer(id: ContainerId): Promise<void> {
    return orByVmEnd(this.#context, id, () => removeContainer(this.#context, id));
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
    return orVmEndOf(
      this.#context,
      id,
      () => updateContainerResources(this.#context, id, resources),
    );
  }

  async reopenContainerLog(id: ContainerId): Promise<void> {
    if (this.#context.ledger.containers.get(id) === undefined) {
      throw notFound(`Container "${id}" is unknown`);
    }
    await this.#context.outputs.reopen(id);
  }

  async exec(id: ContainerId, request: ExecRequest) {
    await request.mayStart;
    return await orVmEndOf(this.#context, id, () => execInContainer(this.#context, id, request));
  }

  attach(id: ContainerId, request: AttachRequest) {
    return attachToContainer(this.#context, id, request);
  }

  async listImages() {
    return this.#context.images.list();
  }

  async image(reference: string) {
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

  async imageFsInfo(): Promise<ImageFsInfo> {
    const images = await this.#context.images.fsUsage();
    return {
      imageFilesystems: [images],
      containerFilesystems: [await this.#context.usage.diskUsage()],
    };
  }

  async exportImage(reference: string): Promise<ReadableStream<Uint8Array>> {
    return await this.#context.images.exportImage(reference);
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
}
