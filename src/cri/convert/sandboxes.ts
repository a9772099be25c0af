/**
 * Sandboxes as lists and status show them, and the filters of the lists.
 */

import type { Sandbox } from "../../engines/domain.ts";
import type { SandboxFilter } from "../../node/api.ts";
import type {
  PodSandbox,
  PodSandboxFilter,
  PodSandboxStatsFilter,
  PodSandboxStatus,
} from "../wire.ts";
import { enumName } from "./checks.ts";
import { sandboxStates } from "./enums.ts";
import { fromStringMap, toStringMap } from "./maps.ts";
import { fromNamespaces } from "./namespaces.ts";

/** A sandbox in a list. */
export function fromSandbox(sandbox: Sandbox): PodSandbox {
  return {
    id: sandbox.id,
    metadata: { ...sandbox.metadata },
    state: sandboxStates.indexOf(sandbox.state),
    createdAt: sandbox.createdAtNs,
    labels: fromStringMap(sandbox.labels),
    annotations: fromStringMap(sandbox.annotations),
    runtimeHandler: sandbox.handler,
  };
}

/** A sandbox in its status. */
export function fromSandboxStatus(sandbox: Sandbox): PodSandboxStatus {
  const [ip = "", ...additional] = sandbox.ips;
  return {
    id: sandbox.id,
    metadata: { ...sandbox.metadata },
    state: sandboxStates.indexOf(sandbox.state),
    createdAt: sandbox.createdAtNs,
    network: { ip, additionalIps: additional.map((other) => ({ ip: other })) },
    linux: { namespaces: { options: fromNamespaces(sandbox.namespaces) } },
    labels: fromStringMap(sandbox.labels),
    annotations: fromStringMap(sandbox.annotations),
    runtimeHandler: sandbox.handler,
  };
}

/** A list's filter; undefined passes everything. */
export function toSandboxFilter(filter: PodSandboxFilter | undefined): SandboxFilter | undefined {
  if (filter === undefined) return undefined;
  return {
    ...(filter.id === "" ? {} : { id: filter.id }),
    ...(filter.state === undefined
      ? {}
      : { state: enumName(sandboxStates, filter.state.state, "filter.state.state") }),
    labels: toStringMap(filter.labelSelector),
  };
}

/** The filter of the figures. */
export function toSandboxStatsFilter(
  filter: PodSandboxStatsFilter | undefined,
): Omit<SandboxFilter, "state"> | undefined {
  if (filter === undefined) return undefined;
  return {
    ...(filter.id === "" ? {} : { id: filter.id }),
    labels: toStringMap(filter.labelSelector),
  };
}
