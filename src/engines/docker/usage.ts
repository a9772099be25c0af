/**
 * Resource usage of this engine's pods.
 */

import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/log.ts";
import type { ContainerStats, SandboxStats } from "../domain.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import type { DockerClient } from "./client/mod.ts";
import type { Ledger } from "./ledger.ts";

export interface ResourceUsageParts {
  readonly client: DockerClient;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Logger;
}

export class ResourceUsage {
  readonly #pids = new Map<SandboxId, number>();
  constructor(readonly parts: ResourceUsageParts) {}
  noteSandboxPid(id: SandboxId, pid: number): void {
    this.#pids.set(id, pid);
  }
  sandboxPid(id: SandboxId): number | undefined {
    return this.#pids.get(id);
  }
  forgetSandbox(id: SandboxId): void {
    this.#pids.delete(id);
  }
  forgetContainer(_id: ContainerId): void {}
  containerStats(_ids: readonly ContainerId[]): Promise<readonly ContainerStats[]> {
    return Promise.resolve([]);
  }
  sandboxStats(_ids: readonly SandboxId[]): Promise<readonly SandboxStats[]> {
    return Promise.resolve([]);
  }
}
