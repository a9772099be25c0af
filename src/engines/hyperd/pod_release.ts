/**
 * What a pod holds of the node, and giving it back. hyperd needs not be there for any of this.
 */

import { removeIfExists } from "../../lib/files.ts";
import { type DetachOptions, removeRelay } from "../../network/mod.ts";
import type { SandboxId } from "../ids.ts";
import type { HyperdContext } from "./context.ts";
import type { SandboxRecord } from "./records.ts";

/** Where files of a pod lie on the node. */
export function podDirOf(context: HyperdContext, id: SandboxId): string {
  return `${context.settings.podDirectory}/${id}`;
}

/** Where a file lies that one container alone has; `name` is the container's in hyperd. */
export function containerFileOf(
  context: HyperdContext,
  id: SandboxId,
  file: "hosts" | "resolv.conf",
  name: string,
): string {
  return `${podDirOf(context, id)}/${file}-${name}`;
}

/** Where hyperd writes a container's output. */
export function outputPathOf(context: HyperdContext, id: SandboxId, name: string): string {
  return `${podDirOf(context, id)}/${name}.json`;
}

/** What {@linkcode removePodFiles} takes of one container. Absence is success. */
export async function removeContainerFiles(
  context: HyperdContext,
  id: SandboxId,
  name: string,
): Promise<void> {
  await removeIfExists(outputPathOf(context, id, name));
  await removeIfExists(containerFileOf(context, id, "hosts", name));
  await removeIfExists(containerFileOf(context, id, "resolv.conf", name));
}

/** Outputs, hosts, resolv.conf. Absence is success. */
export async function removePodFiles(context: HyperdContext, id: SandboxId): Promise<void> {
  await removeIfExists(podDirOf(context, id), true);
}

/** The bridge and the interfaces on the node. Absence is success. */
export async function releaseRelay(
  context: HyperdContext,
  { relay }: SandboxRecord,
): Promise<void> {
  await removeRelay(relay, context.processes);
}

/**
 * Gives back the network of a pod whose VM has ended or is to end: relay, lease, namespace. Callers
 * hold the sandbox's lock.
 */
export async function releaseNetwork(
  context: HyperdContext,
  id: SandboxId,
  options: DetachOptions = {},
): Promise<void> {
  const record = context.ledger.sandboxes.get(id);
  if (record === undefined) return;
  await releaseRelay(context, record);
  if (record.attachment !== undefined) {
    await context.network.detach(record.attachment, options);
    await context.ledger.networkReleased(id);
  }
  if (record.netns !== undefined) await context.namespaces.unpin(record.netns);
}
