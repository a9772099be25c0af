/**
 * Images that are mounted as volumes (CRI `Mount.image`): the read-only disk of the image, plugged
 * into the VM and mounted in the guest once for all containers of the pod. What an image itself wants
 * to be a volume is another thing, and in image_volumes.ts.
 */

import { codeOf, type ErrorCode, FraktiError, internal } from "../../lib/errors.ts";
import { Undo } from "../../lib/undo.ts";
import type { Mount } from "../domain.ts";
import type { ContainerId, ImageId, SandboxId } from "../ids.ts";
import {
  type AgentConnection,
  GuestError,
  makeDirectory,
  mount,
  MountFlag,
  reachBelow,
  UmountFlag,
  unmount,
} from "./agent/mod.ts";
import { type QemuContext, reportUndo } from "./context.ts";
import { plugDisk, sharedDisksOf, unplugDisk } from "./disks.ts";
import { mountedImagePath, partPath } from "./guest_paths.ts";
import type { MountedImage } from "./records.ts";
import type { VolumePlace } from "./volumes/empty_dirs.ts";

/** The word that a kubelet looks for at the beginning of the text (k8s.io/cri-api, pkg/errors). */
const mountFailed = "ImageVolumeMountFailed";

/**
 * The mounts with the ids of their images.
 * @throws FraktiError NotFound for an image that is not in the store: kubelets pull it before.
 */
export function withImageIds(context: QemuContext, mounts: readonly Mount[]): readonly Mount[] {
  return mounts.map((mount) => {
    if (mount.image === undefined) return mount;
    try {
      return { ...mount, imageId: context.images.forContainer(mount.image.image).record.id };
    } catch (error) {
      throw failed(mount, codeOf(error), "its image cannot be had", error);
    }
  });
}

/**
 * Mounts the images of a container that the pod does not have yet; on failure none stays.
 * @param note told what the container has, the next one included, before that is plugged in.
 */
export async function plugImages(
  context: QemuContext,
  sandbox: SandboxId,
  container: ContainerId,
  mounts: readonly Mount[],
  note: (images: readonly MountedImage[]) => Promise<void>,
): Promise<readonly MountedImage[]> {
  const images: MountedImage[] = [];
  const wanted = new Set(mounts.flatMap(({ imageId }) => imageId ?? []));
  await using undo = new Undo(reportUndo(context));
  undo.push(
    "take a container's images out",
    () => releaseImages(context, sandbox, container, images),
  );
  for (const image of wanted) {
    const noteNext = (target: number) => note([...images, { image, target }]);
    const target = await context.locks.run(sharedDisksOf(sandbox), async () => {
      const target = await plug(context, sandbox, image, noteNext);
      context.pods.need(sandbox).users.add(target, container, image);
      return target;
    });
    images.push({ image, target });
  }
  undo.commit();
  return images;
}

/** Takes a container's images out of the VM, those that no other container of the pod has. */
export async function releaseImages(
  context: QemuContext,
  sandbox: SandboxId,
  container: ContainerId,
  images: readonly MountedImage[],
): Promise<void> {
  const users = context.pods.get(sandbox)?.users;
  for (const { target } of images) users?.remove(target, container);
  for (const { target } of images) {
    await context.locks.run(sharedDisksOf(sandbox), async () => {
      if (users?.has(target) === true) return;
      await takeOut(context, sandbox, target, context.pods.agent(sandbox));
    });
  }
}

/**
 * Where in the guest a mount's content is. A sub-path is bound to a place of the container's own: the
 * way is gone once, by the guest's kernel, which follows no link out of the image.
 * @throws FraktiError NotFound for a sub-path that is missing, FailedPrecondition for one that leads
 *   out or to something else than a directory, as in other runtimes (KEP-4639).
 */
export async function reachImage(
  context: QemuContext,
  { sandbox, container, index }: VolumePlace,
  mount: Mount,
  images: readonly MountedImage[],
): Promise<string> {
  const target = images.find(({ image }) => image === mount.imageId)?.target;
  if (target === undefined) {
    throw internal(`The image of mount "${mount.containerPath}" is not plugged in`);
  }
  const root = mountedImagePath(target);
  if (mount.imageSubPath === "") return root;
  const bindTarget = partPath(container, index);
  // The last "." is there in directories alone. Nothing is made: the disk cannot be written.
  const path = `${mount.imageSubPath}/.`;
  try {
    const agent = context.pods.agent(sandbox);
    await reachBelow(agent, { root, path, bindTarget, mode: 0o755, uid: 0, gid: 0 });
  } catch (error) {
    if (!(error instanceof GuestError)) throw error;
    const [code, reason] = refusals[error.errno] ?? [error.code, "cannot be reached"];
    throw failed(mount, code, `sub-path "${mount.imageSubPath}" ${reason}`, error);
  }
  return bindTarget;
}

async function plug(
  context: QemuContext,
  sandbox: SandboxId,
  image: ImageId,
  noteTarget: (target: number) => Promise<void>,
): Promise<number> {
  const present = context.pods.need(sandbox).users.targetOf(image);
  if (present !== undefined) {
    await noteTarget(present);
    return present;
  }
  const agent = context.pods.agent(sandbox);
  const disk = { source: context.images.forContainer(image).disk, isReadOnly: true };
  const { target, device } = await plugDisk(context, sandbox, disk, noteTarget);
  try {
    const path = mountedImagePath(target);
    await makeDirectory(agent, path);
    await mount(agent, {
      source: device,
      target: path,
      type: "erofs",
      flags: MountFlag.readonly | MountFlag.noatime,
    });
    return target;
  } catch (error) {
    await takeOut(context, sandbox, target, agent);
    throw error;
  }
}

async function takeOut(
  context: QemuContext,
  sandbox: SandboxId,
  target: number,
  agent: AgentConnection,
): Promise<void> {
  await unmount(agent, mountedImagePath(target), UmountFlag.detach);
  await unplugDisk(context, sandbox, target, agent);
}

const missing = ["NotFound", "is not in the image"] as const;
const refusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: missing,
  // The guest would make what is missing, also behind a link.
  EROFS: missing,
  EEXIST: missing,
  ENOTDIR: ["FailedPrecondition", "is no directory"],
  EXDEV: ["FailedPrecondition", "leads out of the image"],
  ELOOP: ["FailedPrecondition", "is a loop of links"],
};

function failed(mount: Mount, code: ErrorCode, why: string, cause: unknown): FraktiError {
  const { containerPath, image } = mount;
  const what = `Cannot mount image "${image?.image}" at "${containerPath}": ${why}`;
  return new FraktiError(code, `${mountFailed}: ${what}`, { cause });
}
