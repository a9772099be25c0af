/**
 * What things are called in hyperd. A name that was ever used may stay taken, so every one has a
 * random part of its own.
 */

import { randomBytes } from "node:crypto";
import type { ContainerMetadata, SandboxConfig } from "../domain.ts";

/**
 * Id of a pod: random, 128 bits, the same here and in hyperd. Without a name in it: parts of it name
 * interfaces.
 */
export function newPodId(): string {
  return randomBytes(16).toString("hex");
}

/** What tells one of a kind from the others. */
export function randomSuffix(): string {
  return randomBytes(4).toString("hex");
}

const maxNameChars = 200;

/** A container's name, for people: as Frakti v0.1 made it. */
export function newContainerName(config: SandboxConfig, container: ContainerMetadata): string {
  const { name, namespace, uid } = config.metadata;
  const parts = [`${container.name}.${container.attempt}`, name, namespace, uid];
  const plain = parts.map((part) => part.replace(/[^A-Za-z0-9.-]/g, "-")).join("_");
  return `k8s_${plain.slice(0, maxNameChars)}_${randomSuffix()}`;
}

/** What tells one attempt at a pod from another. */
export function sandboxNameOf({ metadata }: SandboxConfig): string {
  const { name, namespace, uid, attempt } = metadata;
  return `${name}_${namespace}_${uid}_${attempt}`;
}

const maxHostnameChars = 63;

/** A hostname as hyperd takes it; a pod without one has its name. */
export function hostnameOf({ hostname, metadata }: SandboxConfig): string {
  if (hostname !== "") return hostname;
  const plain = metadata.name.toLowerCase().replace(/[^a-z0-9-]/g, "-");
  return plain.slice(0, maxHostnameChars).replace(/^-+|-+$/g, "") || "pod";
}

/** Where a pod's annotations are in hyperd's labels, as Frakti v0.1 kept them. */
export const annotationsLabel = "io.kubernetes.frakti.annotations";

/** Marks what this installation made. */
export const instanceLabel = "io.kubernetes.frakti.instance";

/** Labels with the annotations in them. */
export function labelsFor(
  config: { readonly labels: Readonly<Record<string, string>>; readonly annotations: unknown },
  instanceId: string,
): Map<string, string> {
  return new Map([
    ...Object.entries(config.labels),
    [annotationsLabel, JSON.stringify(config.annotations)],
    [instanceLabel, instanceId],
  ]);
}
