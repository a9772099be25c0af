/**
 * What every verb of the hyperd engine works with. Made once by engine.ts; the verbs are functions
 * over it, so that each file shows all that its verb may touch.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe } from "../../lib/errors.ts";
import type { KeyedLock } from "../../lib/lock.ts";
import type { Logger } from "../../lib/log.ts";
import type { ProcessRunner } from "../../lib/process.ts";
import type { Namespaces, PodNetwork } from "../../network/mod.ts";
import type { BackgroundWork } from "../common/background.ts";
import type { Ledger } from "../common/ledger.ts";
import type { Reservations } from "../common/reservations.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import type { ContainerLogs } from "./logs/mod.ts";
import type { HyperdExecs } from "./exec/mod.ts";
import type { HyperdImages } from "./images/mod.ts";
import type { HyperdLink } from "./link.ts";
import type { PodSize } from "./pod_size.ts";
import type { ContainerRecord, SandboxRecord } from "./records.ts";
import type { ResourceUsage } from "./usage.ts";

/** What configuration decides about the hyperd engine. */
export interface HyperdSettings {
  /** Files of pods: outputs, hosts, resolv.conf; below the root directory. */
  readonly podDirectory: string;
  /** Marks what this installation made in hyperd. */
  readonly instanceId: string;
  /** Of a pod that names no limits. */
  readonly defaultSize: PodSize;
  /** Our own cap of a log file; 0 = none. */
  readonly logMaxSizeBytes: number;
}

export interface HyperdContext {
  readonly settings: HyperdSettings;
  readonly link: HyperdLink;
  readonly images: HyperdImages;
  readonly network: PodNetwork;
  readonly namespaces: Namespaces;
  readonly ledger: Ledger<SandboxRecord, ContainerRecord>;
  readonly logs: ContainerLogs;
  readonly execs: HyperdExecs;
  readonly usage: ResourceUsage;
  /** Sandboxes that are being made; another one in phase "creating" was left by a failure. */
  readonly underWay: Set<SandboxId>;
  readonly sandboxNames: Reservations<SandboxId>;
  readonly containerNames: Reservations<ContainerId>;
  /** Containers that were told to end and were not killed: hyperd cannot tell the two apart. */
  readonly asked: Set<ContainerId>;
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
  context: HyperdContext,
): (failure: { readonly step: string; readonly error: unknown }) => void {
  return ({ step, error }) => {
    context.log.warn("Undo step failed", { step, error: describe(error) });
  };
}
