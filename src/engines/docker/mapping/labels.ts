/**
 * Docker labels ⇄ CRI labels, annotations and what frakti notes for itself. CRI labels go in
 * verbatim, so that tools which look for `io.kubernetes.pod.name` find it; annotations get a
 * prefix; a CRI label whose key is one of ours is kept under another key, so that nobody who may
 * label a pod can pass for the engine, and every label still comes back as it was.
 */

import type { StringMap } from "../../domain.ts";
import type { DockerFilters } from "../client/containers.ts";

/** Which installation made the container. Without it a container is none of our business. */
const instanceKey = "io.frakti.instance";
const kindKey = "io.frakti.kind";
const escapedPrefix = "io.frakti.label.";
const ownPrefix = "io.frakti.";
const annotationPrefix = "annotation.";

/** Keys of Docker's shims, which log collectors and monitors read. */
const shimTypeKey = "io.kubernetes.docker.type";
const shimSandboxKey = "io.kubernetes.sandbox.id";
const shimLogPathKey = "io.kubernetes.container.logpath";

export type ObjectKind = "sandbox" | "container";

/** The labels of a sandbox's pause container. */
export function sandboxLabels(
  instanceId: string,
  labels: StringMap,
  annotations: StringMap,
): StringMap {
  return {
    ...criLabels(labels, annotations),
    [instanceKey]: instanceId,
    [kindKey]: "sandbox",
    [shimTypeKey]: "podsandbox",
  };
}

/** The labels of a container. */
export function containerLabels(
  instanceId: string,
  sandboxId: string,
  labels: StringMap,
  annotations: StringMap,
): StringMap {
  return {
    ...criLabels(labels, annotations),
    [instanceKey]: instanceId,
    [kindKey]: "container",
    [shimTypeKey]: "container",
    [shimSandboxKey]: sandboxId,
  };
}

/** What `sandboxLabels` and `containerLabels` were given, and what they added. */
export interface ReadLabels {
  /** Whose it is; undefined when it is not frakti's. */
  readonly instanceId?: string;
  readonly kind?: ObjectKind;
  /** Of containers. */
  readonly sandboxId?: string;
  readonly labels: StringMap;
  readonly annotations: StringMap;
}

/** Reads a container's Docker labels back. */
export function readLabels(docker: StringMap): ReadLabels {
  const labels = new Map<string, string>();
  const annotations = new Map<string, string>();
  for (const [key, value] of Object.entries(docker)) {
    if (key.startsWith(escapedPrefix)) labels.set(key.slice(escapedPrefix.length), value);
    else if (key.startsWith(annotationPrefix)) {
      annotations.set(key.slice(annotationPrefix.length), value);
    } else if (!isReserved(key)) labels.set(key, value);
  }
  const instanceId = instanceOf(docker);
  const kind = docker[kindKey];
  const sandboxId = docker[shimSandboxKey];
  return {
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(kind === "sandbox" || kind === "container" ? { kind } : {}),
    ...(sandboxId === undefined ? {} : { sandboxId }),
    labels: Object.fromEntries(labels),
    annotations: Object.fromEntries(annotations),
  };
}

/** The installation that made a container; undefined when it is not frakti's. */
export function instanceOf(docker: StringMap): string | undefined {
  return Object.hasOwn(docker, instanceKey) ? docker[instanceKey] : undefined;
}

/** Filters for lists and events: only what this installation made. */
export function instanceLabelFilter(instanceId: string): DockerFilters {
  return { label: [`${instanceKey}=${instanceId}`] };
}

function criLabels(labels: StringMap, annotations: StringMap): StringMap {
  return Object.fromEntries([
    ...Object.entries(labels).map(([key, value]) => [
      isReserved(key) ? escapedPrefix + key : key,
      value,
    ]),
    ...Object.entries(annotations).map(([key, value]) => [annotationPrefix + key, value]),
  ]);
}

function isReserved(key: string): boolean {
  return key.startsWith(ownPrefix) || key.startsWith(annotationPrefix) || key === shimTypeKey ||
    key === shimSandboxKey || key === shimLogPathKey;
}
