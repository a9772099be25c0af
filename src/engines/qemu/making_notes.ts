/**
 * Notes of containers that are being made: what of each lies in a VM and its pod's directory before
 * there is a record. Kept beside the VM, in a directory that is gone with it. As long as there is a
 * note, or a record, the disks that it names are given to nobody else (disks.ts).
 */

import {
  entriesIfExists,
  makePrivateDir,
  readTextIfExists,
  removeIfExists,
} from "../../lib/files.ts";
import { type ContainerId, containerId, imageId, type SandboxId } from "../ids.ts";
import type { ContainerParts } from "./container_remove.ts";
import type { QemuContext } from "./context.ts";
import type { MountedImage } from "./records.ts";

const maxBytes = 64 * 1024;
const maxCount = 100_000;
const suffix = ".json";

/**
 * Notes how far a container has come. It need not survive the host, and the VM does not: the file is
 * not synced.
 */
export async function noteHalfMade(context: QemuContext, container: ContainerParts): Promise<void> {
  const { id, sandboxId, volumes, imageTarget, deviceTargets, mountedImages = [] } = container;
  const dir = dirOf(context, sandboxId);
  await makePrivateDir(dir);
  const parts = { volumes, imageTarget, deviceTargets, mountedImages };
  const text = JSON.stringify({ version: 1, ...parts });
  await Deno.writeTextFile(`${dir}/.${id}`, text, { mode: 0o600 });
  await Deno.rename(`${dir}/.${id}`, `${dir}/${id}${suffix}`);
}

/** It is made, or taken back. */
export async function forgetHalfMade(
  context: QemuContext,
  { id, sandboxId }: Pick<ContainerParts, "id" | "sandboxId">,
): Promise<void> {
  await removeIfExists(`${dirOf(context, sandboxId)}/${id}${suffix}`);
}

/** All that there are for a pod, by this frakti and former ones. */
export async function readNotes(
  context: QemuContext,
  sandboxId: SandboxId,
): Promise<readonly ContainerParts[]> {
  const notes: ContainerParts[] = [];
  for (const id of await idsIn(dirOf(context, sandboxId))) {
    const file = `${dirOf(context, sandboxId)}/${id}${suffix}`;
    const text = await readTextIfExists(file, maxBytes);
    if (text !== undefined) notes.push({ id, sandboxId, ...parseHalfMade(text) });
  }
  return notes;
}

/** The disks that a container has, or is about to have. */
export function targetsOf(
  { imageTarget, deviceTargets, mountedImages = [] }: Omit<ContainerParts, "id" | "sandboxId">,
): readonly number[] {
  return [imageTarget, ...deviceTargets, ...mountedImages.map(({ target }) => target)]
    .filter((target) => target !== 0);
}

function dirOf(context: QemuContext, sandbox: SandboxId): string {
  return `${context.launcher.layout(sandbox).dir}/making`;
}

async function idsIn(dir: string): Promise<readonly ContainerId[]> {
  return (await entriesIfExists(dir))
    .filter(({ name }) => name.endsWith(suffix) && !name.startsWith("."))
    .map(({ name }) => containerId(name.slice(0, -suffix.length)));
}

/** Exported for its tests. A file that makes no sense is as one of which nothing was done yet. */
export function parseHalfMade(text: string): Omit<ContainerParts, "id" | "sandboxId"> {
  let found: Readonly<Record<string, unknown>> = {};
  try {
    found = Object(JSON.parse(text));
  } catch { /* Cut off: by a full disk, as the name is given when it is whole. */ }
  if (found["version"] !== 1) found = {};
  const { volumes, imageTarget, deviceTargets, mountedImages } = found;
  return {
    volumes: countOf(volumes),
    imageTarget: countOf(imageTarget),
    deviceTargets: Array.isArray(deviceTargets) ? deviceTargets.map(countOf) : [],
    mountedImages: Array.isArray(mountedImages) ? mountedImages.flatMap(mountedImageOf) : [],
  };
}

function countOf(value: unknown): number {
  const isCount = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= maxCount;
  return isCount ? Number(value) : 0;
}

function mountedImageOf(value: unknown): readonly MountedImage[] {
  const { image, target } = Object(value);
  return typeof image === "string" ? [{ image: imageId(image), target: countOf(target) }] : [];
}
