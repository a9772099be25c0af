/**
 * A container's root file system in the guest: the image's disk, read-only, below a writable layer on
 * the pod's scratch disk.
 */

import type { SandboxId } from "../ids.ts";
import {
  type AgentConnection,
  makeDirectory,
  mount,
  MountFlag,
  removePath,
  UmountFlag,
  unmount,
} from "./agent/mod.ts";
import type { QemuContext } from "./context.ts";
import { plugDisk, unplugDisk } from "./disks.ts";
import { containerPaths } from "./guest_paths.ts";

/**
 * Mounts the image and the overlay; the SCSI target of the image's disk, which `onTarget` is told
 * before the disk is there.
 */
export async function mountRootfs(
  context: QemuContext,
  sandbox: SandboxId,
  container: string,
  imageDisk: string,
  onTarget: (target: number) => Promise<void>,
): Promise<number> {
  const agent = context.pods.agent(sandbox);
  const paths = containerPaths(container);
  const disk = { source: imageDisk, isReadOnly: true };
  const { target, device } = await plugDisk(context, sandbox, disk, onTarget);
  try {
    for (const dir of [paths.image, paths.rootfs, paths.upper, paths.work]) {
      await makeDirectory(agent, dir);
    }
    await mount(agent, {
      source: device,
      target: paths.image,
      type: "erofs",
      flags: MountFlag.readonly | MountFlag.noatime,
    });
    await mount(agent, {
      source: "overlay",
      target: paths.rootfs,
      type: "overlay",
      flags: 0,
      data: `lowerdir=${paths.image},upperdir=${paths.upper},workdir=${paths.work}`,
    });
    return target;
  } catch (error) {
    await unmountRootfs(context, sandbox, container, target);
    throw error;
  }
}

/** Takes everything of it away; what is gone is. */
export async function unmountRootfs(
  context: QemuContext,
  sandbox: SandboxId,
  container: string,
  target: number,
): Promise<void> {
  const agent = context.pods.agent(sandbox);
  const paths = containerPaths(container);
  await unmount(agent, paths.rootfs, UmountFlag.detach);
  await unmount(agent, paths.image, UmountFlag.detach);
  await removeLayer(agent, container);
  await unplugDisk(context, sandbox, target, agent);
}

async function removeLayer(agent: AgentConnection, container: string): Promise<void> {
  const paths = containerPaths(container);
  await removePath(agent, paths.layer, { recursive: true });
  await removePath(agent, paths.dir, { recursive: true });
}
