/**
 * What this engine's pods use: a container's figures from its control group in the guest, a pod's
 * from the guest as a whole, the writable layer from the scratch disk. The guest's word is taken for
 * what it is: parsed as text, never as a path.
 */

import type { Clock } from "../../lib/clock.ts";
import { hasCode } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { type CgroupUsage, CpuWindow, parseInterfaces, readUsage } from "../../stats/mod.ts";
import { cpuOf, ioOf, memoryOf, sumUsage, swapOf } from "../common/usage_figures.ts";
import type { Ledger } from "../common/ledger.ts";
import type { ContainerStats, FilesystemUsage, SandboxStats } from "../domain.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import { type AgentConnection, filesystemSize, readFiles, treeUsage } from "./agent/mod.ts";
import { containerPaths } from "./guest_paths.ts";
import { usageOfFlatDir } from "./images/usage.ts";
import { type LayerTree, LayerUsages } from "./layer_usage.ts";
import { cgroupOf } from "./oci_facts.ts";
import type { LivePods } from "./pods.ts";
import { type ContainerRecord, type SandboxRecord, toContainer, toSandbox } from "./records.ts";

export interface ResourceUsageParts {
  readonly ledger: Ledger<SandboxRecord, ContainerRecord>;
  readonly pods: LivePods;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where scratch disks lie: what the writable layers use. */
  readonly podDirectory: string;
}

interface Reading {
  readonly timeNs: bigint;
  readonly usage: CgroupUsage;
}

const cgroupRoot = "/sys/fs/cgroup";
const interfacesFile = "/proc/net/dev";

export class ResourceUsage {
  readonly #windows = new CpuWindow();
  readonly #layers: LayerUsages;

  constructor(readonly parts: ResourceUsageParts) {
    this.#layers = new LayerUsages({ ...parts, mountpoint: parts.podDirectory });
  }

  forgetSandbox(id: SandboxId): void {
    this.#windows.forget(id);
  }

  forgetContainer(id: ContainerId): void {
    this.#windows.forget(id);
    this.#layers.forget(id);
  }

  /** Figures of those that run; one whose guest does not answer is left out. */
  async containerStats(ids: readonly ContainerId[]): Promise<readonly ContainerStats[]> {
    const stats = await Promise.all(ids.map(async (id) => {
      const record = this.parts.ledger.containers.get(id);
      return record === undefined ? undefined : (await this.#container(record))?.stats;
    }));
    return stats.filter((entry) => entry !== undefined);
  }

  /** What the scratch disks of all pods use of the node's disk. */
  async diskUsage(): Promise<FilesystemUsage> {
    const { podDirectory, clock } = this.parts;
    let usedBytes = 0n;
    let inodesUsed = 0n;
    for await (const { name } of Deno.readDir(podDirectory)) {
      const usage = await usageOfFlatDir(`${podDirectory}/${name}`);
      usedBytes += usage.usedBytes;
      inodesUsed += usage.inodesUsed;
    }
    return { timestampNs: clock.nowNs(), mountpoint: podDirectory, usedBytes, inodesUsed };
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
    const { phase } = record;
    const agent = this.#agent(record.sandboxId);
    if (phase.state !== "running" || agent === undefined) return undefined;
    try {
      const reading = await this.#read(agent, cgroupOf(record.id));
      if (reading === undefined) return undefined;
      const { timeNs, usage } = reading;
      const walk = () => layerTree(agent, record.id);
      const writableLayer = await this.#layers.of(record.id, walk);
      return {
        reading,
        stats: {
          container: toContainer(record),
          ...cpuOf(timeNs, usage, this.#nanoCores(record.id, reading, phase.startedAtNs)),
          ...memoryOf(timeNs, usage),
          ...swapOf(timeNs, usage),
          ...ioOf(timeNs, usage),
          ...(writableLayer === undefined ? {} : { writableLayer }),
        },
      };
    } catch {
      return undefined; // It ended meanwhile, or its guest is away: left out this once.
    }
  }

  async #sandbox(record: SandboxRecord): Promise<SandboxStats | undefined> {
    const agent = this.#agent(record.id);
    if (agent === undefined) return undefined;
    try {
      const [pod, files, containers] = await Promise.all([
        this.#read(agent, "pod"),
        readFiles(agent, [interfacesFile]),
        Promise.all(
          this.parts.ledger.containersOf(record.id).map((container) => this.#container(container)),
        ),
      ]);
      const running = containers.filter((entry) => entry !== undefined);
      const timeNs = this.parts.clock.nowNs();
      const usage = pod?.usage ?? sumUsage(running.map((entry) => entry.reading.usage));
      const text = new TextDecoder().decode(files.get(interfacesFile));
      const interfaces = parseInterfaces(text).filter(({ name }) => name !== "lo");
      return {
        sandbox: toSandbox(record),
        ...cpuOf(timeNs, usage, this.#nanoCores(record.id, { timeNs, usage }, record.createdAtNs)),
        ...memoryOf(timeNs, usage),
        ...ioOf(timeNs, usage),
        network: { timestampNs: timeNs, interfaces },
        ...(usage.processCount === undefined ? {} : { processCount: usage.processCount }),
        containers: running.map((entry) => entry.stats),
      };
    } catch {
      return undefined; // As above.
    }
  }

  #agent(id: SandboxId): AgentConnection | undefined {
    try {
      return this.parts.pods.agent(id);
    } catch {
      return undefined; // No VM, or none that answers: there is no figure.
    }
  }

  async #read(agent: AgentConnection, group: string): Promise<Reading | undefined> {
    const dir = `${cgroupRoot}/${group}`;
    const files = new Map<string, Promise<string | undefined>>();
    const usage = await readUsage({ version: 2, dir }, (path) => {
      const text = files.get(path) ?? readFiles(agent, [path]).then((found) => {
        const bytes = found.get(path);
        return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
      });
      files.set(path, text);
      return text;
    });
    return usage === undefined ? undefined : { timeNs: this.parts.clock.nowNs(), usage };
  }

  #nanoCores(id: string, { timeNs, usage }: Reading, startNs: bigint): bigint | undefined {
    return usage.cpu === undefined
      ? undefined
      : this.#windows.nanoCores(id, { timeNs, usageNs: usage.cpu.usageNs }, startNs);
  }
}

/**
 * What a writable layer uses. Of one that is too deep or too large for a walk: what the pod's disk
 * does. A container must not get around its limit by hiding files from the walk.
 */
async function layerTree(agent: AgentConnection, id: ContainerId): Promise<LayerTree> {
  const { upper } = containerPaths(id);
  try {
    const tree = await treeUsage(agent, upper);
    if (!tree.isTruncated) return tree;
  } catch (error) {
    if (!hasCode(error, "DeadlineExceeded")) throw error;
  }
  const { sizeBytes, freeBytes, inodes, freeInodes } = await filesystemSize(agent, upper);
  return { usedBytes: difference(sizeBytes, freeBytes), inodes: difference(inodes, freeInodes) };
}

/** Of two figures of a guest's. */
function difference(whole: bigint, part: bigint): bigint {
  return whole > part ? whole - part : 0n;
}
