/**
 * What this engine's pods use, as far as it can be told: hyperd has figures of pods on some
 * hypervisors only and of containers on none, so a container's entry has none. The network's are
 * counted on the node.
 */

import type { Clock } from "../../lib/clock.ts";
import type { ProcessRunner } from "../../lib/process.ts";
import { DirectoryUsage, type ReadText } from "../../stats/mod.ts";
import type { Ledger } from "../common/ledger.ts";
import type { ContainerStats, ImageFsInfo, InterfaceUsage, SandboxStats } from "../domain.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import { type HyperdClient, isProblem, type wire } from "./client/mod.ts";
import { type ContainerRecord, type SandboxRecord, toContainer, toSandbox } from "./records.ts";

export interface ResourceUsageParts {
  readonly hyperd: () => HyperdClient;
  readonly ledger: Ledger<SandboxRecord, ContainerRecord>;
  readonly clock: Clock;
  readonly processes: ProcessRunner;
  readonly read: ReadText;
}

const statsTimeoutMs = 3_000;
/** Where hyperd keeps things unless it is told otherwise. */
const usualRoot = "/var/lib/hyper";

export class ResourceUsage {
  readonly #trees: DirectoryUsage;
  #rootDir: string | undefined;
  /** A driver that has no figures has none of any pod. */
  #hasPodStats = true;

  constructor(readonly parts: ResourceUsageParts) {
    this.#trees = new DirectoryUsage(parts);
  }

  /** Another hyperd may be there now. */
  forget(): void {
    this.#hasPodStats = true;
    this.#rootDir = undefined;
  }

  containerStats(ids: readonly ContainerId[]): readonly ContainerStats[] {
    return ids.flatMap((id) => {
      const record = this.parts.ledger.containers.get(id);
      return record?.phase.state === "running" ? [{ container: toContainer(record) }] : [];
    });
  }

  async sandboxStats(ids: readonly SandboxId[]): Promise<readonly SandboxStats[]> {
    const records = ids.flatMap((id) => {
      const record = this.parts.ledger.sandboxes.get(id);
      return record?.phase === "ready" ? [record] : [];
    });
    return await Promise.all(records.map(async (record) => {
      const timestampNs = this.parts.clock.nowNs();
      const [nic, stats] = await Promise.all([this.#interface(record), this.#podStats(record.id)]);
      const containers = this.parts.ledger.containersOf(record.id).map(({ id }) => id);
      return {
        sandbox: toSandbox(record),
        ...figuresOf(timestampNs, stats),
        network: { timestampNs, interfaces: nic },
        containers: this.containerStats(containers),
      };
    }));
  }

  /** Images and writable layers lie below one directory. */
  async imageFsInfo(): Promise<ImageFsInfo> {
    const { hyperd, clock } = this.parts;
    this.#rootDir ??= (await hyperd().call("info", {})).dockerRootDir || usualRoot;
    const tree = await this.#trees.usage(this.#rootDir);
    const usage = {
      timestampNs: tree?.timeNs ?? clock.nowNs(),
      mountpoint: this.#rootDir,
      usedBytes: tree?.bytes ?? await this.#imageBytes(),
      inodesUsed: tree?.inodes ?? 0n,
    };
    return { imageFilesystems: [usage], containerFilesystems: [usage] };
  }

  async #imageBytes(): Promise<bigint> {
    const request = { filterArgs: "", filter: "", all: false };
    const { imageList } = await this.parts.hyperd().call("imageList", request);
    return imageList.reduce((sum, { virtualSize }) => sum + virtualSize, 0n);
  }

  /** What comes in at the node's end of the pair goes into the pod. */
  async #interface({ relay }: SandboxRecord): Promise<readonly InterfaceUsage[]> {
    const count = async (name: string) => {
      const text = await this.parts.read(`/sys/class/net/${relay.hostEnd}/statistics/${name}`);
      return /^\d{1,20}\s*$/.test(text ?? "") ? BigInt((text ?? "0").trim()) : undefined;
    };
    const [rxBytes, rxErrors, txBytes, txErrors] = await Promise.all(
      ["rx_bytes", "rx_errors", "tx_bytes", "tx_errors"].map(count),
    );
    if (rxBytes === undefined || txBytes === undefined) return [];
    const errors = { rxErrors: rxErrors ?? 0n, txErrors: txErrors ?? 0n };
    return [{ name: "eth0", rxBytes, txBytes, ...errors }];
  }

  async #podStats(id: SandboxId): Promise<wire.PodStats | undefined> {
    if (!this.#hasPodStats) return undefined;
    try {
      const options = { timeoutMs: statsTimeoutMs };
      return (await this.parts.hyperd().call("podStats", { podID: id }, options)).podStats;
    } catch (error) {
      // One pod that has gone, or does not answer in time, says nothing of the others.
      if (isProblem(error, "unsupported")) this.#hasPodStats = false;
      return undefined;
    }
  }
}

function figuresOf(
  timestampNs: bigint,
  stats: wire.PodStats | undefined,
): Pick<SandboxStats, "cpu" | "memory"> {
  const usageNs = stats?.cpu?.usage?.total ?? 0n;
  const { usage = 0n, workingSet = 0n } = stats?.memory ?? {};
  return {
    ...(usageNs === 0n ? {} : { cpu: { timestampNs, usageNs } }),
    ...(usage === 0n ? {} : {
      memory: {
        timestampNs,
        usageBytes: usage,
        workingSetBytes: workingSet === 0n ? usage : workingSet,
      },
    }),
  };
}
