/**
 * An engine that keeps its pods in memory, for unit tests of the rooms above the engines. It keeps
 * the contract of src/engines/engine.ts where no process is needed: `exec` runs nothing and echoes
 * its stdin. `away` makes it behave as an engine whose daemon is gone.
 */

import { Buffer } from "node:buffer";

import type {
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
  Sandbox,
  SandboxStats,
} from "../../src/engines/domain.ts";
import type { Engine, RoutedSandboxRequest, VerboseInfo } from "../../src/engines/engine.ts";
import {
  type ContainerId,
  containerId,
  type ImageId,
  imageId,
  type SandboxId,
  sandboxId,
} from "../../src/engines/ids.ts";
import { failedPrecondition, notFound, unavailable } from "../../src/lib/errors.ts";

/** See the module comment. */
export class MemoryEngine implements Engine {
  away = false;
  pulled: string[] = [];
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #containers = new Map<string, Container>();
  readonly #images = new Map<string, Image>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #serial = 0;

  constructor(readonly name: EngineName) {}

  async start(): Promise<void> {}
  async close(): Promise<void> {}

  health(): EngineHealth {
    return this.away
      ? { ready: false, reason: "Away", message: `${this.name} is away` }
      : { ready: true, version: "1.0.0" };
  }

  features(): EngineFeatures {
    return {
      recursiveReadOnlyMounts: false,
      userNamespaces: false,
      supplementalGroupsPolicy: this.name !== "docker",
    };
  }

  async runSandbox(request: RoutedSandboxRequest): Promise<SandboxId> {
    this.#need();
    const id = sandboxId(this.#nextId());
    this.#sandboxes.set(id, {
      id,
      engine: this.name,
      metadata: request.config.metadata,
      state: "ready",
      createdAtNs: BigInt(this.#serial),
      labels: request.config.labels,
      annotations: request.config.annotations,
      handler: request.handler,
      namespaces: request.config.security.namespaces,
      ips: ["10.0.0.1"],
      api: request.api,
      routingReason: request.routingReason,
    });
    this.#emit({ kind: "created", subject: "sandbox", sandboxId: id, timeNs: 1n });
    return id;
  }

  async stopSandbox(id: SandboxId): Promise<void> {
    this.#need();
    const sandbox = this.#sandboxes.get(id);
    if (sandbox !== undefined) this.#sandboxes.set(id, { ...sandbox, state: "notready" });
  }

  async removeSandbox(id: SandboxId): Promise<void> {
    this.#need();
    const last = this.#sandboxes.get(id);
    this.#sandboxes.delete(id);
    for (const container of this.containers()) {
      if (container.sandboxId === id) this.#containers.delete(container.id);
    }
    if (last === undefined) return;
    this.#emit({
      kind: "deleted",
      subject: "sandbox",
      sandboxId: id,
      timeNs: 2n,
      lastSandbox: { ...last, state: "notready" },
    });
  }

  sandbox(id: SandboxId): Sandbox | undefined {
    return this.#sandboxes.get(id);
  }

  sandboxes(): readonly Sandbox[] {
    return [...this.#sandboxes.values()];
  }

  async sandboxInfo(): Promise<VerboseInfo> {
    return { engine: this.name };
  }

  async updateSandboxResources(): Promise<void> {}

  async createContainer(request: CreateContainerRequest): Promise<ContainerId> {
    this.#need();
    const image = await this.image(request.config.image.image);
    if (image === undefined) throw notFound("No image");
    const id = containerId(this.#nextId());
    const { config } = request;
    this.#containers.set(id, {
      id,
      sandboxId: request.sandboxId,
      engine: this.name,
      metadata: config.metadata,
      image: config.image,
      imageId: image.id,
      createdAtNs: BigInt(this.#serial),
      labels: config.labels,
      annotations: config.annotations,
      mounts: config.mounts,
      logPath: config.logPath === ""
        ? ""
        : `${request.sandboxConfig.logDirectory}/${config.logPath}`,
      resources: config.resources,
      stopSignal: config.stopSignal,
      tty: config.tty,
      stdin: config.stdin,
      stdinOnce: config.stdinOnce,
      state: "created",
    });
    return id;
  }

  async startContainer(id: ContainerId): Promise<void> {
    this.#need();
    const container = this.#known(id);
    if (container.state !== "created") throw failedPrecondition(`Container is ${container.state}`);
    this.#containers.set(id, { ...container, state: "running", startedAtNs: 1n });
  }

  async stopContainer(id: ContainerId): Promise<void> {
    this.#need();
    const container = this.#containers.get(id);
    if (container === undefined || container.state === "exited") return;
    this.#containers.set(id, {
      ...container,
      state: "exited",
      startedAtNs: 1n,
      finishedAtNs: 2n,
      exitCode: 0,
      reason: "Completed",
      message: "",
    });
  }

  async removeContainer(id: ContainerId): Promise<void> {
    this.#need();
    this.#containers.delete(id);
  }

  container(id: ContainerId): Container | undefined {
    return this.#containers.get(id);
  }

  containers(): readonly Container[] {
    return [...this.#containers.values()];
  }

  async containerInfo(): Promise<VerboseInfo> {
    return { engine: this.name };
  }

  async updateContainerResources(id: ContainerId, resources: LinuxResources): Promise<void> {
    this.#containers.set(id, { ...this.#known(id), resources });
  }

  async reopenContainerLog(): Promise<void> {}

  async exec(_id: ContainerId, request: ExecRequest): Promise<ExecSession> {
    const echo = new TransformStream<Uint8Array, Uint8Array>();
    let end = (_code: number) => {};
    const exit = new Promise<number>((resolve) => end = resolve);
    const [stdout, watch] = echo.readable.tee();
    watch.pipeTo(new WritableStream()).then(() => end(0), () => end(137));
    if (!request.stdin) echo.writable.close().catch(() => end(137));
    return {
      ...(request.stdin ? { stdin: echo.writable } : {}),
      stdout,
      stderr: new ReadableStream({ start: (controller) => controller.close() }),
      exit,
      resize: () => Promise.resolve(),
      kill: () => {
        end(137);
        return Promise.resolve();
      },
    };
  }

  /** Puts an image into the store as if it had been pulled long ago. */
  addImage(hex: string, repoTags: readonly string[]): ImageId {
    const id = imageId(`sha256:${hex.padEnd(64, "0")}`);
    this.#images.set(id, {
      id,
      repoTags,
      repoDigests: [],
      sizeBytes: 1n,
      username: "",
      pinned: false,
      annotations: {},
    });
    return id;
  }

  async listImages(): Promise<readonly Image[]> {
    return [...this.#images.values()];
  }

  async image(reference: string): Promise<Image | undefined> {
    return (await this.listImages()).find((image) =>
      image.id === reference || image.repoTags.includes(reference)
    );
  }

  async pullImage(reference: string): Promise<ImageId> {
    this.#need();
    this.pulled.push(reference);
    return this.addImage(Buffer.from(reference).toString("hex").slice(0, 60), [reference]);
  }

  async removeImage(reference: string): Promise<void> {
    this.#need();
    const image = await this.image(reference);
    if (image !== undefined) this.#images.delete(image.id);
  }

  async imageFsInfo(): Promise<ImageFsInfo> {
    const usage = { timestampNs: 1n, usedBytes: 1n, inodesUsed: 1n };
    return {
      imageFilesystems: [{ ...usage, mountpoint: `/${this.name}` }],
      containerFilesystems: [{ ...usage, mountpoint: `/${this.name}` }],
    };
  }

  async exportImage(reference: string): Promise<ReadableStream<Uint8Array>> {
    const image = await this.image(reference);
    return new Blob([JSON.stringify({ id: image?.id, tags: image?.repoTags })]).stream();
  }

  async importImage(archive: ReadableStream<Uint8Array>): Promise<void> {
    const { id, tags } = await new Response(archive as ReadableStream<Uint8Array<ArrayBuffer>>)
      .json();
    this.addImage(String(id).slice("sha256:".length), tags);
  }

  async containerStats(ids: readonly ContainerId[]): Promise<readonly ContainerStats[]> {
    return ids.flatMap((id) => {
      const container = this.#containers.get(id);
      return container?.state === "running"
        ? [{ container, cpu: { timestampNs: 1n, usageNs: 3_000_000_000n } }]
        : [];
    });
  }

  async sandboxStats(ids: readonly SandboxId[]): Promise<readonly SandboxStats[]> {
    const stats: SandboxStats[] = [];
    for (const id of ids) {
      const sandbox = this.#sandboxes.get(id);
      if (sandbox?.state !== "ready") continue;
      const own = this.containers().filter((container) => container.sandboxId === id);
      stats.push({
        sandbox,
        processCount: 2n,
        network: {
          timestampNs: 1n,
          interfaces: [{ name: "eth0", rxBytes: 1n, rxErrors: 0n, txBytes: 2n, txErrors: 0n }],
        },
        containers: await this.containerStats(own.map((container) => container.id)),
      });
    }
    return stats;
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How many listeners are still registered. */
  get listenerCount(): number {
    return this.#listeners.size;
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #known(id: ContainerId): Container {
    const container = this.#containers.get(id);
    if (container === undefined) throw notFound(`Container "${id}" is unknown`);
    return container;
  }

  #need(): void {
    if (this.away) throw unavailable(`${this.name} is away`);
  }

  #nextId(): string {
    this.#serial++;
    return `${this.name}${this.#serial}`.padEnd(64, "0");
  }
}
