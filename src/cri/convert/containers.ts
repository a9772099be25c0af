/**
 * Containers as lists and status show them, and the filters of the lists.
 */

import type { Container } from "../../engines/domain.ts";
import { unreachable } from "../../lib/errors.ts";
import type { ContainerFilter } from "../../node/api.ts";
import type {
  Container as WireContainer,
  ContainerFilter as WireContainerFilter,
  ContainerStatsFilter,
  ContainerStatus,
  ContainerUser,
  ImageSpec,
} from "../wire.ts";
import { enumName } from "./checks.ts";
import { containerStates, signalNumber } from "./enums.ts";
import { fromImageSpec } from "./image_spec.ts";
import { fromStringMap, toStringMap } from "./maps.ts";
import { fromMount } from "./mounts.ts";
import { fromResources } from "./resources.ts";

/** A container in a list. */
export function fromContainer(container: Container): WireContainer {
  return {
    id: container.id,
    podSandboxId: container.sandboxId,
    metadata: { ...container.metadata },
    image: imageOf(container),
    imageRef: container.imageId,
    state: containerStates.indexOf(container.state),
    createdAt: container.createdAtNs,
    labels: fromStringMap(container.labels),
    annotations: fromStringMap(container.annotations),
    imageId: container.imageId,
  };
}

/** A container in its status. */
export function fromContainerStatus(container: Container): ContainerStatus {
  return {
    id: container.id,
    metadata: { ...container.metadata },
    state: containerStates.indexOf(container.state),
    createdAt: container.createdAtNs,
    ...historyOf(container),
    image: imageOf(container),
    imageRef: container.imageId,
    labels: fromStringMap(container.labels),
    annotations: fromStringMap(container.annotations),
    mounts: container.mounts.map(fromMount),
    logPath: container.logPath,
    resources: { linux: fromResources(container.resources) },
    imageId: container.imageId,
    user: userOf(container),
    stopSignal: signalNumber(container.stopSignal),
  };
}

/** Clients refuse a status whose image has no name. */
function imageOf(container: Container): ImageSpec {
  const spec = fromImageSpec(container.image);
  return spec.image === "" ? { ...spec, image: container.imageId } : spec;
}

type History = Pick<
  ContainerStatus,
  "startedAt" | "finishedAt" | "exitCode" | "reason" | "message"
>;

const noHistory: History = { startedAt: 0n, finishedAt: 0n, exitCode: 0, reason: "", message: "" };

function historyOf(container: Container): History {
  switch (container.state) {
    case "created":
      return noHistory;
    case "running":
      return { ...noHistory, startedAt: container.startedAtNs };
    case "exited":
      return {
        startedAt: container.startedAtNs,
        finishedAt: container.finishedAtNs,
        exitCode: container.exitCode,
        reason: container.reason,
        message: container.message,
      };
    case "unknown":
      return { ...noHistory, reason: container.reason, message: container.message };
    default:
      return unreachable(container);
  }
}

function userOf({ user }: Container): ContainerUser | undefined {
  return user === undefined
    ? undefined
    : { linux: { uid: user.uid, gid: user.gid, supplementalGroups: [...user.groups] } };
}

/** A list's filter; undefined passes everything. */
export function toContainerFilter(
  filter: WireContainerFilter | undefined,
): ContainerFilter | undefined {
  if (filter === undefined) return undefined;
  return {
    ...toContainerStatsFilter(filter),
    ...(filter.state === undefined
      ? {}
      : { state: enumName(containerStates, filter.state.state, "filter.state.state") }),
    labels: toStringMap(filter.labelSelector),
  };
}

/** The filter of the figures. */
export function toContainerStatsFilter(
  filter: ContainerStatsFilter | undefined,
): Omit<ContainerFilter, "state"> | undefined {
  if (filter === undefined) return undefined;
  return {
    ...(filter.id === "" ? {} : { id: filter.id }),
    ...(filter.podSandboxId === "" ? {} : { sandboxId: filter.podSandboxId }),
    labels: toStringMap(filter.labelSelector),
  };
}
