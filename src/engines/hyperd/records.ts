/**
 * What the hyperd engine remembers of its sandboxes and containers beyond what every engine does.
 */

import type { Relay } from "../../network/mod.ts";
import type { RecordKind } from "../../state/record_store.ts";
import * as common from "../common/records.ts";
import type { Container, Sandbox } from "../domain.ts";
import type { PodSize } from "./pod_size.ts";

export type { ContainerPhase } from "../common/records.ts";

/** A sandbox of this engine; its id is the pod's id in hyperd. */
export interface SandboxRecord extends common.SandboxRecord {
  /** Bridge and interfaces on the node between the pod's namespace and its VM. */
  readonly relay: Relay;
  /** What the VM was made with. */
  readonly size: PodSize;
}

/** A container of this engine. */
export interface ContainerRecord extends common.ContainerRecord {
  /** In hyperd; no other container ever has it. */
  readonly hyperdName: string;
  /** Where hyperd writes its output; "" = nowhere. */
  readonly outputPath: string;
  /** Up to there the output is in the log, at least. */
  readonly outputOffset: number;
}

/** How sandbox records are stored. */
export const sandboxRecords: RecordKind<SandboxRecord> = {
  version: 1,
  migrations: {},
  check: common.checkSandbox<SandboxRecord>,
};

/** How container records are stored. */
export const containerRecords: RecordKind<ContainerRecord> = {
  version: 1,
  migrations: {},
  check: common.checkContainer<ContainerRecord>,
};

/** A record as lists and status show it. */
export function toSandbox(record: common.SandboxRecord): Sandbox {
  return common.toSandbox("hyperd", record);
}

/** A record as lists and status show it. */
export function toContainer(record: common.ContainerRecord): Container {
  return common.toContainer("hyperd", record);
}
