/**
 * Containers that are being made: what of them lies in a VM and its pod's directory before there is
 * a record. Kept beside the VM, in a directory that is gone with it, so that a frakti that was
 * killed in the middle of CreateContainer takes it back when it comes again.
 */

import { describe } from "../../lib/errors.ts";
import {
  entriesIfExists,
  makePrivateDir,
  readTextIfExists,
  removeIfExists,
} from "../../lib/files.ts";
import { type ContainerId, containerId, imageId, type SandboxId } from "../ids.ts";
import { type ContainerParts, removeFromGuest } from "./container_remove.ts";
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

/** Takes back what a former frakti has left in a pod's VM, which must answer. */
export async function removeHalfMade(context: QemuContext, sandbox: SandboxId): Promise<void> {
  for (const id of await idsIn(dirOf(context, sandbox))) {
    const container = await read(context, sandbox, id);
    if (container !== undefined && context.ledger.containers.get(id) === undefined) {
      context.log.warn("Interrupted container undone", { container: id, sandbox });
      try {
        const others = context.ledger.containersOf(sandbox);
        await removeFromGuest(context, withoutForeignDisk(container, others));
      } catch (error) {
        // Its file stays: the next start tries again, and with the VM everything goes.
        const reason = describe(error);
        context.log.error("Undoing a container failed", { container: id, sandbox, error: reason });
        continue;
      }
    }
    await forgetHalfMade(context, { id, sandboxId: sandbox });
  }
}

/**
 * A note can outlive several starts while its guest does not answer, and what it had only been about
 * to plug in has gone to another container since. Disks that containers share are counted.
 * Exported for its tests.
 */
export function withoutForeignDisk(
  container: ContainerParts,
  others: readonly Pick<ContainerParts, "imageTarget">[],
): ContainerParts {
  const isForeign = others.some(({ imageTarget }) => imageTarget === container.imageTarget);
  return isForeign ? { ...container, imageTarget: 0 } : container;
}

function dirOf(context: QemuContext, sandbox: SandboxId): string {
  return `${context.launcher.layout(sandbox).dir}/making`;
}

async function idsIn(dir: string): Promise<readonly ContainerId[]> {
  return (await entriesIfExists(dir))
    .filter(({ name }) => name.endsWith(suffix) && !name.startsWith("."))
    .map(({ name }) => containerId(name.slice(0, -suffix.length)));
}

async function read(
  context: QemuContext,
  sandboxId: SandboxId,
  id: ContainerId,
): Promise<ContainerParts | undefined> {
  const text = await readTextIfExists(`${dirOf(context, sandboxId)}/${id}${suffix}`, maxBytes);
  if (text === undefined) return undefined;
  return { id, sandboxId, ...parseHalfMade(text) };
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
