/**
 * What the Docker engine remembers of its sandboxes and containers beyond what every engine does.
 */

import type { RecordKind } from "../../state/record_store.ts";
import * as common from "../common/records.ts";
import type { Container, Sandbox } from "../domain.ts";

export { type ContainerPhase, type SandboxRecord, sandboxRecords } from "../common/records.ts";

/** A container of this engine. */
export interface ContainerRecord extends common.ContainerRecord {
  /** Docker's driver that the container was created with: "local", "json-file" or "none". */
  readonly logDriver: string;
}

/** How container records are stored. */
export const containerRecords: RecordKind<ContainerRecord> = {
  version: 1,
  migrations: {},
  check: common.checkContainer<ContainerRecord>,
};

/** A record as lists and status show it. */
export function toSandbox(record: common.SandboxRecord): Sandbox {
  return common.toSandbox("docker", record);
}

/** A record as lists and status show it. */
export function toContainer(record: ContainerRecord): Container {
  return common.toContainer("docker", record);
}
