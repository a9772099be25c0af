/**
 * An engine that keeps its pods in memory, for unit tests of the rooms above the engines. It keeps
 * the contract of src/engines/engine.ts where no process is needed: containers run until they are
 * stopped and behave as if they ran `cat`, `exec` runs nothing and echoes its stdin, and a listener
 * on port 7 of every sandbox echoes too. `away` makes it behave as an engine whose daemon is gone.
 */

import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";

import type {
  AttachRequest,
  AttachSession,
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
import {
  failedPrecondition,
  FraktiError,
  invalidArgument,
  notFound,
  unavailable,
} from "../../src/lib/errors.ts";
import { echoConnection, MemoryProcess } from "./memory_streams.ts";

/** Where every sandbox has a listener. */
const echoPort = 7;

/** See the module comment. */
export class MemoryEngine implements Engine {
  away = false;
  recursiveReadOnlyMounts = false;
  mountsImages = false;
  pulled: string[] = [];
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #containers = new Map<string, Container>();
  readonly #images = new Map<string, Image>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #configs = new Map<string, unknown>();
  readonly #processes = new Map<string, MemoryProcess>();
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
      recursiveReadOnlyMounts: this.recursiveReadOnlyMounts,
      userNamespaces: false,
      supplementalGroupsPolicy: this.name !== "docker",
    };
  }

  async runSandbox(request: RoutedSandboxRequest): Promise<SandboxId> {
    this.#need();
    const existing = this.sandboxes().find(({ metadata }) =>
      isDeepStrictEqual(metadata, request.config.metadata)
    );
    if (existing !== undefined) {
      const isSame = isDeepStrictEqual(this.#configs.get(existing.id), request.config);
      if (isSame && existing.state === "ready") return existing.id;
      throw new FraktiError("AlreadyExists", `Sandbox exists as "${existing.id}"`);
    }
    const id = sandboxId(this.#nextId());
    this.#configs.set(id, request.config);
    this.#sandboxes.set(id, {
      id,
      engine: this.name,
      metadata: request.config.metadata,
      state: "ready",
      createdAtNs: this.#now(),
      labels: request.config.labels,
      annotations: request.config.annotations,
      handler: request.handler,
      namespaces: request.config.security.namespaces,
      ips: ["10.0.0.1"],
      api: request.api,
      routingReason: request.routingReason,
    });
    this.#emitSandbox("created", id);
    this.#emitSandbox("started", id);
    return id;
  }

  async stopSandbox(id: SandboxId): Promise<void> {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) return;
    this.#need();
    for (const container of this.#containersOf(id)) await this.stopContainer(container.id);
    if (sandbox.state === "notready") return;
    this.#sandboxes.set(id, { ...sandbox, state: "notready", notReadyReason: "Stopped" });
    this.#emitSandbox("stopped", id);
  }

  async removeSandbox(id: SandboxId): Promise<void> {
    if (!this.#sandboxes.has(id)) return;
    await this.stopSandbox(id);
    for (const container of this.#containersOf(id)) await this.removeContainer(container.id);
    const lastSandbox = this.#sandboxes.get(id);
    this.#sandboxes.delete(id);
    this.#configs.delete(id);
    this.#emitSandbox("deleted", id, lastSandbox);
  }

  sandbox(id: SandboxId): Sandbox | undefined {
    return this.#sandboxes.get(id);
  }

  sandboxes(): readonly Sandbox[] {
    return [...this.#sandboxes.values()];
  }

  async sandboxInfo(id: SandboxId): Promise<VerboseInfo> {
    if (!this.#sandboxes.has(id)) throw notFound(`Sandbox "${id}" is unknown`);
    return { engine: this.name };
  }

  async updateSandboxResources(): Promise<void> {}

  async dial(id: SandboxId, port: number): Promise<PodConnection> {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw invalidArgument(`Port ${port} is none`);
    }
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) throw notFound(`Sandbox "${id}" is unknown`);
    if (sandbox.state !== "ready") throw failedPrecondition("Sandbox is not ready");
    if (port !== echoPort) throw unavailable(`Cannot connect to port ${port}: Connection refused`);
    return echoConnection();
  }

  async createContainer(request: CreateContainerRequest): Promise<ContainerId> {
    this.#need();
    const { config } = request;
    const sandbox = this.#sandboxes.get(request.sandboxId);
    if (sandbox === undefined) throw notFound(`Sandbox "${request.sandboxId}" is unknown`);
    if (sandbox.state !== "ready") throw failedPrecondition("Sandbox is not ready");
    const existing = this.#containersOf(sandbox.id).find(({ metadata }) =>
      isDeepStrictEqual(metadata, config.metadata)
    );
    if (existing !== undefined) {
      const isSame = isDeepStrictEqual(this.#configs.get(existing.id), config);
      if (isSame && existing.state === "created") return existing.id;
      throw new FraktiError("AlreadyExists", `Container exists as "${existing.id}"`);
    }
    const image = this.#find(config.image.image);
    if (image === undefined) throw notFound("No image");
    const id = containerId(this.#nextId());
    this.#configs.set(id, config);
    this.#containers.set(id, {
      id,
      sandboxId: request.sandboxId,
      engine: this.name,
      metadata: config.metadata,
      image: config.image,
      imageId: image.id,
      createdAtNs: this.#now(),
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
    this.#emitContainer("created", id, request.sandboxId);
    return id;
  }

  async startContainer(id: ContainerId): Promise<void> {
    this.#need();
    const container = this.#known(id);
    if (container.state !== "created") throw failedPrecondition(`Container is ${container.state}`);
    this.#containers.set(id, { ...container, state: "running", startedAtNs: this.#now() });
    this.#processes.set(id, new MemoryProcess(container, () => this.#exit(id, 0, "Completed")));
    this.#emitContainer("started", id, container.sandboxId);
  }

  async stopContainer(id: ContainerId): Promise<void> {
    const container = this.#containers.get(id);
    if (container === undefined) return;
    this.#need();
    this.#exit(id, 137, "Error");
  }

  #exit(id: ContainerId, exitCode: number, reason: string): void {
    const container = this.#containers.get(id);
    if (container?.state !== "running") return;
    const finishedAtNs = this.#now();
    const end = { state: "exited", finishedAtNs, exitCode, reason, message: "" } as const;
    this.#containers.set(id, { ...container, ...end });
    this.#processes.get(id)?.end();
    this.#processes.delete(id);
    this.#emitContainer("stopped", id, container.sandboxId);
  }

  async removeContainer(id: ContainerId): Promise<void> {
    const container = this.#containers.get(id);
    if (container === undefined) return;
    await this.stopContainer(id);
    this.#need();
    this.#containers.delete(id);
    this.#configs.delete(id);
    this.#emitContainer("deleted", id, container.sandboxId);
  }

  container(id: ContainerId): Container | undefined {
    return this.#containers.get(id);
  }

  containers(): readonly Container[] {
    return [...this.#containers.values()];
  }

  async containerInfo(id: ContainerId): Promise<VerboseInfo> {
    this.#known(id);
    return { engine: this.name };
  }

  /** Zero and empty leave alone what was there. */
  async updateContainerResources(id: ContainerId, change: LinuxResources): Promise<void> {
    const container = this.#known(id);
    if (container.state === "exited") throw failedPrecondition("Container has ended");
    const { hugepageLimits, unified, ...scalars } = change;
    const given = Object.fromEntries(
      Object.entries(scalars).filter(([, value]) => value !== 0n && value !== ""),
    );
    const resources = {
      ...container.resources,
      ...given,
      ...(hugepageLimits.length === 0 ? {} : { hugepageLimits }),
      unified: { ...container.resources.unified, ...unified },
    };
    this.#containers.set(id, { ...container, resources });
  }

  async reopenContainerLog(id: ContainerId): Promise<void> {
    this.#known(id);
  }

  async exec(id: ContainerId, request: ExecRequest): Promise<ExecSession> {
    if (this.#known(id).state !== "running") throw failedPrecondition("Container does not run");
    await request.mayStart;
    const echo = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => controller.enqueue(chunk.slice()),
    });
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

  async attach(id: ContainerId, request: AttachRequest): Promise<AttachSession> {
    const { state, stdin } = this.#known(id);
    const process = this.#processes.get(id);
    if (state !== "running" || process === undefined) {
      throw failedPrecondition("Container does not run");
    }
    const isVoid = !request.stdout && !request.stderr && !stdin;
    if (isVoid) throw failedPrecondition("Container has no stdin");
    return process.attach(request);
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
    this.#need();
    return [...this.#images.values()];
  }

  async image(reference: string): Promise<Image | undefined> {
    this.#need();
    return this.#find(reference);
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
    this.#need();
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

  async importImage(archive: ReadableStream<Uint8Array>): Promise<ImageId> {
    const { id, tags } = await new Response(archive as ReadableStream<Uint8Array<ArrayBuffer>>)
      .json();
    this.addImage(String(id).slice("sha256:".length), tags);
    return imageId(String(id));
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
      const own = this.#containersOf(id);
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

  #emitSandbox(kind: EngineEvent["kind"], id: SandboxId, lastSandbox?: Sandbox): void {
    const last = lastSandbox === undefined ? {} : { lastSandbox };
    this.#emit({ kind, subject: "sandbox", sandboxId: id, timeNs: this.#now(), ...last });
  }

  #emitContainer(kind: EngineEvent["kind"], id: ContainerId, pod: SandboxId): void {
    const timeNs = this.#now();
    this.#emit({ kind, subject: "container", sandboxId: pod, containerId: id, timeNs });
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #containersOf(id: SandboxId): Container[] {
    return this.containers().filter((container) => container.sandboxId === id);
  }

  #find(reference: string): Image | undefined {
    return [...this.#images.values()].find(({ id, repoTags }) =>
      id === reference || repoTags.includes(reference)
    );
  }

  #known(id: ContainerId): Container {
    const container = this.#containers.get(id);
    if (container === undefined) throw notFound(`Container "${id}" is unknown`);
    return container;
  }

  #need(): void {
    if (this.away) throw unavailable(`${this.name} is away`);
  }

  /** A time of its own for everything that happens. */
  #now(): bigint {
    this.#serial++;
    return BigInt(this.#serial);
  }

  #nextId(): string {
    this.#serial++;
    return `${this.name}${this.#serial}`.padEnd(64, "0");
  }
}
