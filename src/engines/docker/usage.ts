/**
 * What this engine's pods use: control group files by the pid of each container's first process,
 * interface counters by the pause container's, the writable layer by its directory. Docker's own
 * stats call takes seconds per container, so it is not asked.
 */

import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/log.ts";
import type { ProcessRunner } from "../../lib/process.ts";
import {
  type CgroupDirs,
  CgroupFinder,
  type CgroupUsage,
  CpuWindow,
  DirectoryUsage,
  endsIn,
  groupsOf,
  parentOf,
  readInterfaces,
  type ReadText,
  readUsage,
} from "../../stats/mod.ts";
import type { ContainerStats, FilesystemUsage, SandboxStats } from "../domain.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import type { DockerClient } from "./client/mod.ts";
import type { Ledger } from "../common/ledger.ts";
import { OomKills } from "./oom_kills.ts";
import { type ContainerRecord, type SandboxRecord, toContainer, toSandbox } from "./records.ts";
import { cpuOf, ioOf, memoryOf, sumUsage, swapOf } from "../common/usage_figures.ts";

export interface ResourceUsageParts {
  readonly client: DockerClient;
  readonly ledger: Ledger<SandboxRecord, ContainerRecord>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly processes: ProcessRunner;
  readonly read: ReadText;
  /** DockerRootDir; undefined while Docker is away. */
  readonly dockerRootDir: () => string | undefined;
}

/** A moment's figures of one container, before they become one API's or another's. */
interface Reading {
  readonly timeNs: bigint;
  readonly usage: CgroupUsage;
  readonly dirs: CgroupDirs;
}

/** See the module comment. */
export class ResourceUsage {
  readonly #sandboxPids = new Map<SandboxId, number>();
  readonly #layers = new Map<ContainerId, string>();
  readonly #windows = new CpuWindow();
  readonly #directories: DirectoryUsage;
  readonly #groups: CgroupFinder;
  readonly oomKills: OomKills;

  constructor(readonly parts: ResourceUsageParts) {
    this.#directories = new DirectoryUsage(parts);
    this.#groups = new CgroupFinder(parts);
    this.oomKills = new OomKills({ ...parts, groups: this.#groups });
  }

  /** Before any of its containers starts, or their ends are noted. */
  async noteSandboxPid(id: SandboxId, pid: number): Promise<void> {
    this.#sandboxPids.set(id, pid);
    await this.oomKills.watch(id, pid);
  }

  sandboxPid(id: SandboxId): number | undefined {
    return this.#sandboxPids.get(id);
  }

  forgetSandbox(id: SandboxId): void {
    this.#sandboxPids.delete(id);
    this.oomKills.forget(id);
    this.#windows.forget(id);
  }

  forgetContainer(id: ContainerId): void {
    const layer = this.#layers.get(id);
    if (layer !== undefined) this.#directories.forget(layer);
    this.#layers.delete(id);
    this.#windows.forget(id);
  }

  /** Figures of those that run; one that ends meanwhile is left out. */
  async containerStats(ids: readonly ContainerId[]): Promise<readonly ContainerStats[]> {
    const stats = await Promise.all(ids.map(async (id) => {
      const record = this.parts.ledger.containers.get(id);
      return record === undefined ? undefined : (await this.#container(record))?.stats;
    }));
    return stats.filter((entry) => entry !== undefined);
  }

  /** Figures of ready sandboxes. */
  async sandboxStats(ids: readonly SandboxId[]): Promise<readonly SandboxStats[]> {
    const stats = await Promise.all(ids.map(async (id) => {
      const record = this.parts.ledger.sandboxes.get(id);
      return record?.phase === "ready" ? await this.#sandbox(record) : undefined;
    }));
    return stats.filter((entry) => entry !== undefined);
  }

  async #container(
    record: ContainerRecord,
  ): Promise<{ readonly stats: ContainerStats; readonly reading: Reading } | undefined> {
    if (record.phase.state !== "running") return undefined;
    const reading = await this.#read(record.id, record.phase.pid);
    if (reading === undefined) return undefined;
    const { timeNs, usage } = reading;
    const layer = await this.#writableLayer(record.id);
    return {
      reading,
      stats: {
        container: toContainer(record),
        ...cpuOf(timeNs, usage, this.#nanoCores(record.id, reading, record.phase.startedAtNs)),
        ...memoryOf(timeNs, usage),
        ...swapOf(timeNs, usage),
        ...ioOf(timeNs, usage),
        ...(layer === undefined ? {} : { writableLayer: layer }),
      },
    };
  }

  async #sandbox(record: SandboxRecord): Promise<SandboxStats | undefined> {
    const pid = this.#sandboxPids.get(record.id);
    if (pid === undefined) return undefined;
    const [pause, interfaces, containers] = await Promise.all([
      this.#read(record.id, pid),
      readInterfaces(pid, this.parts.read),
      Promise.all(
        this.parts.ledger.containersOf(record.id).map((container) => this.#container(container)),
      ),
    ]);
    if (pause === undefined) return undefined;
    const running = containers.filter((entry) => entry !== undefined);
    const timeNs = this.parts.clock.nowNs();
    const usage = await this.#podUsage(record, pause) ??
      sumUsage([pause.usage, ...running.map((entry) => entry.reading.usage)]);
    const onHostNetwork = record.config.security.namespaces.network === "node";
    return {
      sandbox: toSandbox(record),
      ...cpuOf(
        timeNs,
        usage,
        this.#nanoCores(record.id, { ...pause, timeNs, usage }, record.createdAtNs),
      ),
      ...memoryOf(timeNs, usage),
      ...ioOf(timeNs, usage),
      // The host's counters are not the pod's.
      ...(interfaces === undefined || onHostNetwork
        ? {}
        : { network: { timestampNs: timeNs, interfaces } }),
      ...(usage.processCount === undefined ? {} : { processCount: usage.processCount }),
      containers: running.map((entry) => entry.stats),
    };
  }

  /** The pod's own control group, which a kubelet makes and names; it counts what has ended too. */
  async #podUsage(record: SandboxRecord, pause: Reading): Promise<CgroupUsage | undefined> {
    const pod = parentOf(pause.dirs);
    const parent = record.config.cgroupParent;
    return endsIn(pod, parent) ? await readUsage(pod, this.parts.read) : undefined;
  }

  async #read(id: string, pid: number): Promise<Reading | undefined> {
    const found = await this.#groups.find(pid);
    if (found === undefined) return undefined;
    const dirs = groupsOf(id, found);
    const usage = await readUsage(dirs, this.parts.read);
    return usage === undefined ? undefined : { timeNs: this.parts.clock.nowNs(), usage, dirs };
  }

  #nanoCores(id: string, { timeNs, usage }: Reading, startNs: bigint): bigint | undefined {
    return usage.cpu === undefined
      ? undefined
      : this.#windows.nanoCores(id, { timeNs, usageNs: usage.cpu.usageNs }, startNs);
  }

  async #writableLayer(id: ContainerId): Promise<FilesystemUsage | undefined> {
    const mountpoint = this.parts.dockerRootDir();
    const directory = this.#layers.get(id) ?? await this.#findLayer(id);
    if (mountpoint === undefined || directory === undefined || directory === "") return undefined;
    this.#layers.set(id, directory);
    const tree = await this.#directories.usage(directory);
    return tree === undefined ? undefined : {
      timestampNs: tree.timeNs,
      mountpoint,
      usedBytes: tree.bytes,
      inodesUsed: tree.inodes,
    };
  }

  /** overlay2 and its kin name the directory; other drivers do not, and then there is no figure. */
  async #findLayer(id: ContainerId): Promise<string | undefined> {
    try {
      const { graphDriver } = await this.parts.client.containers.inspect(id);
      return graphDriver.data["UpperDir"] ?? "";
    } catch {
      return undefined; // Gone or away: the figure is missing this once.
    }
  }
}
