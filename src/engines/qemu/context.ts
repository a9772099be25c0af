/**
 * What every verb of the qemu engine works with. Made once by engine.ts; the verbs are functions
 * over it, so that each file shows all that its verb may touch.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe } from "../../lib/errors.ts";
import type { KeyedLock } from "../../lib/lock.ts";
import type { Logger } from "../../lib/log.ts";
import type { Mounts } from "../../lib/mounts.ts";
import type { ProcessRunner } from "../../lib/process.ts";
import type { Namespaces, PodNetwork } from "../../network/mod.ts";
import type { BackgroundWork } from "../common/background.ts";
import type { Ledger } from "../common/ledger.ts";
import type { Reservations } from "../common/reservations.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import type { ContainerOutputs } from "./container_outputs.ts";
import type { VmCgroups } from "./cgroups/mod.ts";
import type { ImageHolds } from "./image_holds.ts";
import type { QemuImages } from "./images/mod.ts";
import type { LivePods } from "./pods.ts";
import type { UnreachedPods } from "./unreached.ts";
import type { ContainerRecord, SandboxRecord } from "./records.ts";
import type { ResourceUsage } from "./usage.ts";
import type { Acceleration, GuestFiles, HostSize, VmLauncher } from "./vm/mod.ts";

/** What configuration decides about the qemu engine. */
export interface QemuSettings {
  readonly kernel: string;
  readonly initrd: string;
  /** vCPUs and memory of a pod that names no limits. */
  readonly defaultVcpus: number;
  readonly defaultMemoryMiB: number;
  /** Disk files of pods, below the root directory. */
  readonly podDirectory: string;
  /** Our own cap of a log file; 0 = none. */
  readonly logMaxSizeBytes: number;
  /** How long a guest may take to boot. @default 180_000 */
  readonly bootTimeoutMs?: number;
}

export interface QemuContext {
  readonly settings: QemuSettings;
  readonly launcher: VmLauncher;
  /** Where VMs are accounted on the host. */
  readonly cgroups: VmCgroups;
  /** No VM is larger than that. */
  readonly host: HostSize;
  readonly images: QemuImages;
  readonly network: PodNetwork;
  readonly namespaces: Namespaces;
  readonly ledger: Ledger<SandboxRecord, ContainerRecord>;
  readonly pods: LivePods;
  readonly unreached: UnreachedPods;
  readonly outputs: ContainerOutputs;
  readonly usage: ResourceUsage;
  readonly mounts: Mounts;
  readonly sandboxNames: Reservations<SandboxId>;
  readonly containerNames: Reservations<ContainerId>;
  /** Containers whose create, or its undo, is under way. */
  readonly making: Set<ContainerId>;
  readonly imageHolds: ImageHolds;
  /** One change at a time per sandbox or container. */
  readonly locks: KeyedLock;
  /** What no call waits for. */
  readonly background: BackgroundWork;
  /** Known once the engine is ready. @throws FraktiError Unavailable before. */
  readonly acceleration: () => Acceleration;
  readonly guest: () => GuestFiles;
  /** Told how long a VM took from the start of its QEMU to the first word of its guest. */
  readonly onBoot: (ms: number, accel: string) => void;
  readonly clock: Clock;
  readonly processes: ProcessRunner;
  readonly log: Logger;
}

/** Reports a failed step of an undo; the cause of the undo itself is what the caller gets. */
export function reportUndo(
  context: QemuContext,
): (failure: { readonly step: string; readonly error: unknown }) => void {
  return ({ step, error }) => {
    context.log.warn("Undo step failed", { step, error: describe(error) });
  };
}
