/**
 * What every verb of the Docker engine works with. Made once by engine.ts; the verbs are functions
 * over it, so that each file shows all that its verb may touch.
 */

import type { Clock } from "../../lib/clock.ts";
import type { KeyedLock } from "../../lib/lock.ts";
import type { Logger } from "../../lib/log.ts";
import type { ProcessRunner } from "../../lib/process.ts";
import type { Namespaces, PodDialer, PodNetwork } from "../../network/mod.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import type { DockerLink } from "./link.ts";
import type { DockerImages } from "./images/mod.ts";
import type { BackgroundWork } from "../common/background.ts";
import type { Ledger } from "../common/ledger.ts";
import type { ContainerLogs } from "./container_logs.ts";
import type { Reservations } from "../common/reservations.ts";
import type { ContainerRecord, SandboxRecord } from "./records.ts";
import type { ResourceUsage } from "./usage.ts";

/** What configuration decides about the Docker engine. */
export interface DockerSettings {
  /** Marks what this installation made in Docker. */
  readonly instanceId: string;
  /** Image of the sandbox container. */
  readonly pauseImage: string;
  /** How much output Docker keeps per container while frakti is away. */
  readonly replayMaxSizeBytes: number;
  /** Our own cap of a log file; 0 = none. */
  readonly logMaxSizeBytes: number;
}

export interface DockerContext {
  readonly settings: DockerSettings;
  readonly link: DockerLink;
  readonly images: DockerImages;
  readonly network: PodNetwork;
  readonly namespaces: Namespaces;
  readonly dialer: PodDialer;
  readonly ledger: Ledger<SandboxRecord, ContainerRecord>;
  readonly logs: ContainerLogs;
  readonly usage: ResourceUsage;
  readonly sandboxNames: Reservations<SandboxId>;
  readonly containerNames: Reservations<ContainerId>;
  /** Those that a call of ours ends at the moment. */
  readonly beingStopped: Set<ContainerId>;
  /** One change at a time per sandbox or container. */
  readonly locks: KeyedLock;
  /** What no call waits for. */
  readonly background: BackgroundWork;
  readonly clock: Clock;
  readonly processes: ProcessRunner;
  readonly log: Logger;
}

/** Reports a failed step of an undo; the cause of the undo itself is what the caller gets. */
export function reportUndo(
  context: DockerContext,
): (failure: { readonly step: string; readonly error: unknown }) => void {
  return ({ step, error }) => {
    context.log.warn("Undo step failed", { step, error });
  };
}
