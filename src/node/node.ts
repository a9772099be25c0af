/**
 * The hybrid: one node over several engines. It decides which engine runs a pod, knows who owns an
 * id by asking the engines' records, and merges their lists. It never talks HTTP, gRPC or to a
 * process; the images are in images.ts, the conditions in status.ts, the events in events.ts.
 */

import type {
  AttachRequest,
  AttachSession,
  CgroupDriver,
  Container,
  ContainerStats,
  CreateContainerRequest,
  EngineName,
  ExecRequest,
  ExecSession,
  LinuxResources,
  PodConnection,
  RunSandboxRequest,
  Sandbox,
  SandboxStats,
} from "../engines/domain.ts";
import type { Engine, VerboseInfo } from "../engines/engine.ts";
import { type ContainerId, containerId, type SandboxId, sandboxId } from "../engines/ids.ts";
import type { Clock } from "../lib/clock.ts";
import { failedPrecondition, internal, invalidArgument, notFound } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type {
  ContainerFilter,
  MetricDescriptor,
  NodeApi,
  NodeEvent,
  NodeStatus,
  SandboxFilter,
  SandboxMetrics,
} from "./api.ts";
import { nodeEvents } from "./events.ts";
import { matchesContainer, matchesSandbox, resolvePrefix } from "./filters.ts";
import { NodeImages } from "./images.ts";
import { metricDescriptors, sandboxMetrics } from "./metrics.ts";
import { type HypervisorChoice, routeSandbox, type RoutingSettings } from "./routing.ts";
import { describeStatus } from "./status.ts";

/** The pod network as far as the node is concerned. */
export interface NodeNetwork {
  status(): { readonly ready: boolean; readonly reason: string; readonly message: string };
  setPodCidr(cidr: string): void;
}

export interface NodeSettings {
  readonly hypervisor: HypervisorChoice;
  readonly allowAnnotation: boolean;
  readonly cgroupDriver: CgroupDriver | "auto";
  /** Secret-free configuration for the verbose status. */
  readonly configForInfo: VerboseInfo;
  readonly version: string;
}

export interface NodeParts {
  readonly engines: readonly Engine[];
  readonly network: NodeNetwork;
  readonly settings: NodeSettings;
  readonly log: Logger;
  readonly clock: Clock;
}

/** One node; see {@linkcode NodeApi} for the verbs. */
export class PodNode implements NodeApi {
  readonly #engines: ReadonlyMap<EngineName, Engine>;
  readonly #routing: RoutingSettings;
  readonly #images: NodeImages;

  constructor(readonly parts: NodeParts) {
    this.#engines = new Map(parts.engines.map((engine) => [engine.name, engine]));
    this.#routing = {
      hypervisor: parts.settings.hypervisor,
      dockerEnabled: this.#engines.has("docker"),
      allowAnnotation: parts.settings.allowAnnotation,
      engines: new Set(this.#engines.keys()),
    };
    this.#images = new NodeImages(this.#engines, this.#routing, parts.log);
  }

  // ---- sandboxes ----

  async runSandbox(request: RunSandboxRequest): Promise<SandboxId> {
    const route = routeSandbox(request.config, request.handler, this.#routing);
    const { namespace, name } = request.config.metadata;
    this.parts.log.info("Sandbox routed", { pod: `${namespace}/${name}`, ...route });
    return await this.#engine(route.engine).runSandbox({ ...request, routingReason: route.reason });
  }

  async stopSandbox(id: SandboxId): Promise<void> {
    const owner = this.#sandboxOwner(id);
    if (owner !== undefined) await owner.engine.stopSandbox(owner.sandbox.id);
  }

  async removeSandbox(id: SandboxId): Promise<void> {
    const owner = this.#sandboxOwner(id);
    if (owner !== undefined) await owner.engine.removeSandbox(owner.sandbox.id);
  }

  sandbox(id: SandboxId): Sandbox {
    return this.#ownedSandbox(id).sandbox;
  }

  sandboxes(filter?: SandboxFilter): readonly Sandbox[] {
    const all = this.parts.engines.flatMap((engine) => engine.sandboxes());
    const fullId = filter?.id === undefined ? undefined : fullIdOf(filter.id, all);
    return newestFirst(all.filter((sandbox) => matchesSandbox(sandbox, filter, fullId)));
  }

  sandboxInfo(id: SandboxId): Promise<VerboseInfo> {
    const { engine, sandbox } = this.#ownedSandbox(id);
    return engine.sandboxInfo(sandbox.id);
  }

  async updateSandboxResources(
    id: SandboxId,
    resources: { readonly overhead?: LinuxResources; readonly resources?: LinuxResources },
  ): Promise<void> {
    const { engine, sandbox } = this.#ownedSandbox(id);
    await engine.updateSandboxResources(sandbox.id, resources);
  }

  async dial(id: SandboxId, port: number): Promise<PodConnection> {
    const { engine, sandbox } = this.#ownedSandbox(id);
    if (sandbox.state !== "ready") {
      throw failedPrecondition(
        `Cannot connect to port ${port} in sandbox "${sandbox.id}": it is not ready`,
      );
    }
    return await engine.dial(sandbox.id, port);
  }

  // ---- containers ----

  async createContainer(request: CreateContainerRequest): Promise<ContainerId> {
    const { engine, sandbox } = this.#ownedSandbox(request.sandboxId);
    if (sandbox.state !== "ready") {
      throw failedPrecondition(
        `Cannot create container "${request.config.metadata.name}": ` +
          `sandbox "${sandbox.id}" is not ready`,
      );
    }
    if (request.config.security.privileged && engine.name !== "docker") {
      throw invalidArgument(
        `Container "${request.config.metadata.name}" asks for privileged inside a VM pod; ` +
          "only a pod that is itself privileged runs in Docker",
      );
    }
    return await engine.createContainer({
      ...request,
      sandboxId: sandbox.id,
      config: await this.#images.withImages(engine, request.config),
    });
  }

  async startContainer(id: ContainerId): Promise<void> {
    const { engine, container } = this.#ownedContainer(id);
    await engine.startContainer(container.id);
  }

  async stopContainer(id: ContainerId, graceMs: number): Promise<void> {
    const owner = this.#containerOwner(id);
    if (owner !== undefined) await owner.engine.stopContainer(owner.container.id, graceMs);
  }

  async removeContainer(id: ContainerId): Promise<void> {
    const owner = this.#containerOwner(id);
    if (owner !== undefined) await owner.engine.removeContainer(owner.container.id);
  }

  container(id: ContainerId): Container {
    return this.#ownedContainer(id).container;
  }

  containers(filter?: ContainerFilter): readonly Container[] {
    const all = this.parts.engines.flatMap((engine) => engine.containers());
    const full = {
      id: filter?.id === undefined ? undefined : fullIdOf(filter.id, all),
      sandboxId: filter?.sandboxId === undefined ? undefined : resolvePrefix(
        filter.sandboxId,
        new Set(all.map((container) => container.sandboxId)),
      ),
    };
    return newestFirst(all.filter((container) => matchesContainer(container, filter, full)));
  }

  containerInfo(id: ContainerId): Promise<VerboseInfo> {
    const { engine, container } = this.#ownedContainer(id);
    return engine.containerInfo(container.id);
  }

  async updateContainerResources(id: ContainerId, resources: LinuxResources): Promise<void> {
    const { engine, container } = this.#ownedContainer(id);
    await engine.updateContainerResources(container.id, resources);
  }

  async reopenContainerLog(id: ContainerId): Promise<void> {
    const { engine, container } = this.#runningContainer(id, "reopen the log of");
    await engine.reopenContainerLog(container.id);
  }

  async exec(id: ContainerId, request: ExecRequest): Promise<ExecSession> {
    const { engine, container } = this.#runningContainer(id, "exec in");
    return await engine.exec(container.id, request);
  }

  async attach(id: ContainerId, request: AttachRequest): Promise<AttachSession> {
    const { engine, container } = this.#runningContainer(id, "attach to");
    return await engine.attach(container.id, request);
  }

  // ---- images ----

  listImages: NodeApi["listImages"] = (reference) => this.#images.list(reference);
  image: NodeApi["image"] = (spec) => this.#images.status(spec);
  pullImage: NodeApi["pullImage"] = (...args) => this.#images.pull(...args);
  removeImage: NodeApi["removeImage"] = (spec) => this.#images.remove(spec);
  imageFsInfo: NodeApi["imageFsInfo"] = () => this.#images.fsInfo();

  // ---- figures and events ----

  async containerStats(
    filter?: Omit<ContainerFilter, "state">,
  ): Promise<readonly ContainerStats[]> {
    const wanted = this.containers(filter);
    return await this.#perEngine(wanted, (engine, ids) => engine.containerStats(ids));
  }

  async sandboxStats(filter?: Omit<SandboxFilter, "state">): Promise<readonly SandboxStats[]> {
    const wanted = this.sandboxes(filter);
    return await this.#perEngine(wanted, (engine, ids) => engine.sandboxStats(ids));
  }

  metricDescriptors(): readonly MetricDescriptor[] {
    return metricDescriptors;
  }

  async sandboxMetrics(): Promise<readonly SandboxMetrics[]> {
    return sandboxMetrics(await this.sandboxStats());
  }

  events(signal: AbortSignal): AsyncIterable<NodeEvent> {
    return nodeEvents(this.parts.engines, signal, this.parts.log);
  }

  // ---- the node itself ----

  status(): NodeStatus {
    return describeStatus(this.#engines, this.#routing, this.parts);
  }

  cgroupDriver(): CgroupDriver {
    const docker = this.#engines.get("docker")?.health().cgroupDriver;
    if (docker !== undefined) return docker;
    return this.parts.settings.cgroupDriver === "systemd" ? "systemd" : "cgroupfs";
  }

  setPodCidr(cidr: string): void {
    this.parts.network.setPodCidr(cidr);
  }

  // ---- ownership ----

  #engine(name: EngineName): Engine {
    const engine = this.#engines.get(name);
    if (engine === undefined) throw internal(`No engine "${name}"`);
    return engine;
  }

  #sandboxOwner(id: SandboxId): { engine: Engine; sandbox: Sandbox } | undefined {
    for (const engine of this.parts.engines) {
      const sandbox = engine.sandbox(id);
      if (sandbox !== undefined) return { engine, sandbox };
    }
    const full = fullIdOf(id, this.parts.engines.flatMap((engine) => engine.sandboxes()));
    return full === undefined || full === id ? undefined : this.#sandboxOwner(sandboxId(full));
  }

  #ownedSandbox(id: SandboxId): { engine: Engine; sandbox: Sandbox } {
    const owner = this.#sandboxOwner(id);
    if (owner === undefined) throw notFound(`Sandbox "${id}" is unknown`);
    return owner;
  }

  #containerOwner(id: ContainerId): { engine: Engine; container: Container } | undefined {
    for (const engine of this.parts.engines) {
      const container = engine.container(id);
      if (container !== undefined) return { engine, container };
    }
    const full = fullIdOf(id, this.parts.engines.flatMap((engine) => engine.containers()));
    return full === undefined || full === id ? undefined : this.#containerOwner(containerId(full));
  }

  #ownedContainer(id: ContainerId): { engine: Engine; container: Container } {
    const owner = this.#containerOwner(id);
    if (owner === undefined) throw notFound(`Container "${id}" is unknown`);
    return owner;
  }

  #runningContainer(id: ContainerId, verb: string): { engine: Engine; container: Container } {
    const owned = this.#ownedContainer(id);
    const { state } = owned.container;
    if (state === "running") return owned;
    throw failedPrecondition(`Cannot ${verb} container "${owned.container.id}": it is ${state}`);
  }

  async #perEngine<Item extends { readonly id: string; readonly engine: EngineName }, Result>(
    items: readonly Item[],
    ask: (engine: Engine, ids: readonly Item["id"][]) => Promise<readonly Result[]>,
  ): Promise<readonly Result[]> {
    const answers = this.parts.engines.map((engine) => {
      const ids = items.filter((item) => item.engine === engine.name)
        .map((item): Item["id"] => item.id);
      return ids.length === 0 ? [] : ask(engine, ids);
    });
    return (await Promise.all(answers)).flat();
  }
}

function fullIdOf(given: string, items: readonly { readonly id: string }[]): string | undefined {
  return resolvePrefix(given, items.map((item) => item.id));
}

function newestFirst<T extends { readonly createdAtNs: bigint }>(items: T[]): T[] {
  return items.sort((a, b) =>
    a.createdAtNs < b.createdAtNs ? 1 : a.createdAtNs > b.createdAtNs ? -1 : 0
  );
}
