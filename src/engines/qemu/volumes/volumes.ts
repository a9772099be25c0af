/**
 * The volumes of a container: directories and files of the node, bound into the pod's share where
 * the guest sees them; emptyDirs, which live in the guest; images. A source that a VM cannot have is
 * refused with a hint.
 */

import { failedPrecondition, FraktiError, invalidArgument } from "../../../lib/errors.ts";
import { isMissing } from "../../../lib/files.ts";
import { Undo } from "../../../lib/undo.ts";
import type { Mount } from "../../domain.ts";
import type { ContainerId, SandboxId } from "../../ids.ts";
import { type QemuContext, reportUndo } from "../context.ts";
import { volumeName, volumePath } from "../guest_paths.ts";
import { reachImage } from "../mounted_images.ts";
import type { MountedImage } from "../records.ts";
import { emptyDirOf } from "./empty_dir_paths.ts";
import { ensureEmptyDir, releasePart, type VolumePlace } from "./empty_dirs.ts";

/** A CRI mount and where its source is in the guest. */
export interface GuestVolume {
  readonly mount: Mount;
  readonly guestPath: string;
}

const dockerHint =
  'annotate the pod with runtime.frakti.alpha.kubernetes.io/OSContainer: "true" to run it in Docker';

/**
 * Makes the container's volumes visible in the guest, in the order of its mounts. On failure nothing
 * of them stays.
 * @param images those of the mounts, which are in the guest already.
 * @throws FraktiError NotFound for a source that is missing, InvalidArgument for what a VM cannot
 *   have.
 */
export async function bindVolumes(
  context: QemuContext,
  sandbox: SandboxId,
  container: ContainerId,
  mounts: readonly Mount[],
  images: readonly MountedImage[] = [],
): Promise<readonly GuestVolume[]> {
  await using undo = new Undo(reportUndo(context));
  const volumes: GuestVolume[] = [];
  for (const [index, mount] of mounts.entries()) {
    assertPossible(mount);
    const place = { sandbox, container, index };
    if (mount.image !== undefined) {
      undo.push(`release ${mount.containerPath}`, () => releasePart(context, place));
      volumes.push({ mount, guestPath: await reachImage(context, place, mount, images) });
      continue;
    }
    const emptyDir = await emptyDirOf(mount.hostPath);
    if (emptyDir !== undefined) {
      undo.push(`release ${mount.containerPath}`, () => releasePart(context, place));
      volumes.push({ mount, guestPath: await ensureEmptyDir(context, place, emptyDir) });
      continue;
    }
    const source = await sourceOf(mount);
    undo.push(`unbind ${mount.containerPath}`, () => unbind(context, place));
    await bind(context, place, source, mount);
    volumes.push({ mount, guestPath: volumePath(container, index) });
  }
  undo.commit();
  return volumes;
}

/** Takes a container's volumes away, before what holds them in the guest; those that are gone are. */
export async function unbindVolumes(
  context: QemuContext,
  sandbox: SandboxId,
  container: ContainerId,
  count: number,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    await releasePart(context, { sandbox, container, index });
    await unbind(context, { sandbox, container, index });
  }
}

function assertPossible({ containerPath, propagation, uidMappings, gidMappings }: Mount) {
  if (propagation === "bidirectional") {
    throw invalidArgument(
      `Mount "${containerPath}" is to show the node what a VM mounts, which it cannot`,
    );
  }
  if (uidMappings.length + gidMappings.length > 0) {
    throw invalidArgument(`Mount "${containerPath}" maps ids, which the share of a VM cannot`);
  }
}

/** Symbolic links are followed on the node, as the kubelet means them; it has checked subPaths. */
async function sourceOf({ hostPath, containerPath }: Mount): Promise<string> {
  let source: string;
  try {
    source = await Deno.realPath(hostPath);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new FraktiError(
      "NotFound",
      `Source "${hostPath}" of mount "${containerPath}" is missing`,
    );
  }
  const info = await Deno.stat(source);
  if (info.isDirectory || info.isFile) return source;
  const kind = info.isSocket ? "socket" : info.isFifo ? "FIFO" : "device";
  throw invalidArgument(
    `Source "${hostPath}" of mount "${containerPath}" is a ${kind} of the node, which a VM cannot use; ${dockerHint}`,
  );
}

async function bind(
  context: QemuContext,
  { sandbox, container, index }: VolumePlace,
  source: string,
  mount: Mount,
): Promise<void> {
  const { layout } = context.pods.need(sandbox).vm;
  if (mount.recursiveReadOnly && !mount.readonly) {
    throw failedPrecondition(
      `Mount "${mount.containerPath}" is to be recursively read-only but not read-only`,
    );
  }
  await context.launcher.binds.add(layout, {
    source,
    place: "share",
    name: volumeName(container, index),
    isReadOnly: mount.readonly,
    receives: mount.propagation === "hostToContainer",
  });
}

async function unbind(
  context: QemuContext,
  { sandbox, container, index }: VolumePlace,
): Promise<void> {
  const layout = context.launcher.layout(sandbox);
  await context.launcher.binds.remove(layout, "share", volumeName(container, index));
}
