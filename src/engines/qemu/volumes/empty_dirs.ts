/**
 * emptyDirs live in the guest, so that sockets, FIFOs and locks work in them: on a disk file in the
 * directory that the kubelet made, which thereby counts as the volume's usage and outlives the VM;
 * those of medium Memory in a tmpfs of the guest.
 */

import { createHash } from "node:crypto";
import { statfs } from "node:fs/promises";
import { FraktiError, invalidArgument } from "../../../lib/errors.ts";
import { isMissing, statIfExists } from "../../../lib/files.ts";
import type { ContainerId, SandboxId } from "../../ids.ts";
import {
  type AgentConnection,
  type Below,
  GuestError,
  makeDirectory,
  mount,
  MountFlag,
  reachBelow,
  UmountFlag,
  unmount,
} from "../agent/mod.ts";
import type { QemuContext } from "../context.ts";
import { diskMountData, makeDiskImage, maxEmptyDirBytes } from "../disk_image.ts";
import { plugDisk, unplugDisk } from "../disks.ts";
import { emptyDirPath, emptyDirRoot, partPath } from "../guest_paths.ts";
import type { EmptyDir } from "./empty_dir_paths.ts";

const diskName = ".frakti-disk.ext4";
// statfs(2)
const tmpfsMagic = 0x0102_1994;
const hugetlbfsMagic = 0x9584_58f6;

/** The container's volume of that number. */
export interface VolumePlace {
  readonly sandbox: SandboxId;
  readonly container: ContainerId;
  readonly index: number;
}

/**
 * Makes an emptyDir available in the pod's guest, once for all its containers. What has to be made in
 * it gets the mode and owners that it has on the node, so that fsGroup holds.
 * @returns the path in the guest of what the container mounts; no container can replace it.
 * @throws FraktiError NotFound without its directory on the node, FailedPrecondition for a subPath
 *   that leads out of the volume.
 */
export async function ensureEmptyDir(
  context: QemuContext,
  { sandbox, container, index }: VolumePlace,
  { hostPath, subPath }: EmptyDir,
): Promise<string> {
  if ((await statIfExists(hostPath))?.isDirectory !== true) {
    throw new FraktiError("NotFound", `Directory "${hostPath}" of an emptyDir is missing`);
  }
  const key = createHash("sha256").update(hostPath).digest("hex").slice(0, 16);
  const disk = emptyDirPath(key);
  const agent = context.pods.agent(sandbox);
  await context.locks.run(`emptyDir ${sandbox} ${key}`, async () => {
    if (!await isMounted(agent, disk)) await mountEmptyDir(context, sandbox, hostPath, disk);
    await reachBelow(agent, { root: disk, path: emptyDirRoot, ...await attributesOf(hostPath) });
  });
  const root = `${disk}/${emptyDirRoot}`;
  if (subPath === "") return root;
  // Bound, because the path itself is in the hands of every container that has the volume.
  const bindTarget = partPath(container, index);
  const attributes = await attributesOf(`${hostPath}/${subPath}`, hostPath);
  await reachBelow(agent, { root, path: subPath, bindTarget, ...attributes });
  return bindTarget;
}

/** Takes a bound part of an emptyDir or image away; that itself stays for the pod's other containers. */
export async function releasePart(
  context: QemuContext,
  { sandbox, container, index }: VolumePlace,
): Promise<void> {
  const agent = context.pods.agent(sandbox);
  await unmount(agent, partPath(container, index), UmountFlag.detach);
}

/** Those of the first directory that is there; a subPath may be missing on the node. */
async function attributesOf(
  ...paths: readonly string[]
): Promise<Pick<Below, "mode" | "uid" | "gid">> {
  for (const path of paths) {
    const info = await statIfExists(path);
    if (info !== undefined) {
      return { mode: (info.mode ?? 0o777) & 0o7777, uid: info.uid ?? 0, gid: info.gid ?? 0 };
    }
  }
  return { mode: 0o777, uid: 0, gid: 0 };
}

const mountFlags = MountFlag.nosuid | MountFlag.nodev | MountFlag.noatime;

/** The table of mounts may be too long to read; but only a mount's root can be given flags anew. */
async function isMounted(agent: AgentConnection, guestPath: string): Promise<boolean> {
  const flags = MountFlag.remount | MountFlag.bind | mountFlags;
  try {
    await mount(agent, { source: "none", target: guestPath, type: "none", flags });
    return true;
  } catch (error) {
    const isNone = error instanceof GuestError && ["EINVAL", "ENOENT"].includes(error.errno);
    if (isNone) return false;
    throw error;
  }
}

async function mountEmptyDir(
  context: QemuContext,
  sandbox: SandboxId,
  hostPath: string,
  guestPath: string,
): Promise<void> {
  const { type } = await statfs(hostPath);
  if (type === hugetlbfsMagic) {
    throw invalidArgument(`emptyDir "${hostPath}" is of huge pages, which a VM does not have`);
  }
  await makeDirectory(context.pods.agent(sandbox), guestPath);
  if (type === tmpfsMagic) await mountMemory(context, sandbox, hostPath, guestPath);
  else await mountDisk(context, sandbox, hostPath, guestPath);
}

async function mountMemory(
  context: QemuContext,
  sandbox: SandboxId,
  hostPath: string,
  guestPath: string,
): Promise<void> {
  // The kubelet gives its tmpfs the volume's limit as size.
  const { blocks, bsize } = await statfs(hostPath, { bigint: true });
  await mount(context.pods.agent(sandbox), {
    source: "emptydir",
    target: guestPath,
    type: "tmpfs",
    flags: mountFlags,
    data: `size=${blocks * bsize}`,
  });
}

async function mountDisk(
  context: QemuContext,
  sandbox: SandboxId,
  hostPath: string,
  guestPath: string,
): Promise<void> {
  const file = `${hostPath}/${diskName}`;
  if (!await isRegularFile(file)) await makeDiskImage(context.processes, file, maxEmptyDirBytes);
  const agent = context.pods.agent(sandbox);
  const { device, target } = await plugDisk(context, sandbox, { source: file, isReadOnly: false });
  try {
    await mount(agent, {
      source: device,
      target: guestPath,
      type: "ext4",
      flags: mountFlags,
      data: diskMountData,
    });
  } catch (error) {
    await unplugDisk(context, sandbox, target, agent);
    throw error;
  }
}

/** A link in its place, which only the node could make, is not followed. */
async function isRegularFile(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isFile;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
