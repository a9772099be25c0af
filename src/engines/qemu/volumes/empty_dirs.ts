/**
 * emptyDirs live in the guest, so that sockets, FIFOs and locks work in them: on a disk file in the
 * directory that the kubelet made, which thereby counts as the volume's usage and outlives the VM;
 * those of medium Memory in a tmpfs of the guest. Known by their path, as the kubelet lays volumes
 * out (kubernetes pkg/volume/emptydir, pkg/volume/util/subpath).
 */

import { createHash } from "node:crypto";
import { statfs } from "node:fs/promises";
import { isMissing, statIfExists } from "../../../lib/files.ts";
import type { SandboxId } from "../../ids.ts";
import { makeDirectory, mount, MountFlag, readFiles, setAttributes } from "../agent/mod.ts";
import type { QemuContext } from "../context.ts";
import { makeDiskImage } from "../disk_image.ts";
import { plugDisk } from "../disks.ts";
import { emptyDirPath } from "../guest_paths.ts";

/** An emptyDir, and the directory in it that a container mounts. */
export interface EmptyDir {
  /** The directory that the kubelet made for the volume. */
  readonly hostPath: string;
  /** Below it; "" = the volume itself. */
  readonly subPath: string;
}

const diskName = ".frakti-disk.ext4";
const tmpfsMagic = 0x0102_1994; // statfs(2)

const directPattern = /^(.*\/volumes\/kubernetes\.io~empty-dir\/[^/]+)(?:\/(.*))?$/;
/** The kubelet binds a subPath to `volume-subpaths/<volume>/<container>/<n>`. */
const subPathPattern = /^(.*)\/volume-subpaths\/([^/]+)\/[^/]+\/\d+$/;

/** The emptyDir that a path is or lies in; undefined for every other path. */
export async function emptyDirOf(hostPath: string): Promise<EmptyDir | undefined> {
  const direct = directPattern.exec(hostPath);
  if (direct !== null) return { hostPath: direct[1] ?? "", subPath: cleanSubPath(direct[2] ?? "") };
  const [, pod, volume] = subPathPattern.exec(hostPath) ?? [];
  if (pod === undefined || volume === undefined) return undefined;
  const dir = `${pod}/volumes/kubernetes.io~empty-dir/${volume}`;
  if ((await statIfExists(dir))?.isDirectory !== true) return undefined;
  const subPath = await boundSubPath(dir, hostPath);
  return subPath === undefined ? undefined : { hostPath: dir, subPath };
}

/** A path with ".." would lead out of the volume: the kubelet makes none, and none is followed. */
function cleanSubPath(path: string): string {
  return path.split("/").filter((part) => part !== "" && part !== "." && part !== "..").join("/");
}

/** Which directory of the volume the kubelet has bound there: the mount table tells. */
async function boundSubPath(dir: string, hostPath: string): Promise<string | undefined> {
  const [volume, bound] = await Promise.all([Deno.stat(dir), statIfExists(hostPath)]);
  if (bound === undefined || bound.dev !== volume.dev) return undefined;
  for await (const path of directoriesIn(dir)) {
    const info = await statIfExists(path);
    if (info?.ino === bound.ino) return path.slice(dir.length + 1);
  }
  return undefined;
}

/** The kubelet makes a subPath as a directory of the volume just before it binds it. */
async function* directoriesIn(dir: string, depth = 0): AsyncGenerator<string> {
  if (depth > maxDepth) return;
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    if (!isDirectory) continue;
    yield `${dir}/${name}`;
    yield* directoriesIn(`${dir}/${name}`, depth + 1);
  }
}

const maxDepth = 8;

/**
 * Makes the emptyDir available in the pod's guest, once for all its containers, with the mode and
 * owners that its directory on the node has.
 * @returns the path in the guest of what the container mounts.
 */
export async function ensureEmptyDir(
  context: QemuContext,
  sandbox: SandboxId,
  { hostPath, subPath }: EmptyDir,
): Promise<string> {
  const key = createHash("sha256").update(hostPath).digest("hex").slice(0, 16);
  const guestPath = emptyDirPath(key);
  await context.locks.run(`emptyDir ${sandbox} ${key}`, async () => {
    if (await isMounted(context, sandbox, guestPath)) return;
    const agent = context.pods.agent(sandbox);
    await makeDirectory(agent, guestPath);
    const isMemory = (await statfs(hostPath)).type === tmpfsMagic;
    if (isMemory) await mountMemory(context, sandbox, hostPath, guestPath);
    else await mountDisk(context, sandbox, hostPath, guestPath);
    const { mode, uid, gid } = await Deno.stat(hostPath);
    await setAttributes(agent, guestPath, {
      mode: (mode ?? 0o777) & 0o7777,
      uid: uid ?? 0,
      gid: gid ?? 0,
    });
  });
  if (subPath === "") return guestPath;
  const path = `${guestPath}/${subPath}`;
  const agent = context.pods.agent(sandbox);
  await makeDirectory(agent, path);
  const info = await statIfExists(`${hostPath}/${subPath}`);
  if (info !== undefined) {
    await setAttributes(agent, path, {
      mode: (info.mode ?? 0o755) & 0o7777,
      uid: info.uid ?? 0,
      gid: info.gid ?? 0,
    });
  }
  return path;
}

async function isMounted(
  context: QemuContext,
  sandbox: SandboxId,
  guestPath: string,
): Promise<boolean> {
  const files = await readFiles(context.pods.agent(sandbox), ["/proc/self/mounts"]);
  const table = new TextDecoder().decode(files.get("/proc/self/mounts"));
  return table.split("\n").some((line) => line.split(" ")[1] === guestPath);
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
    flags: MountFlag.nosuid | MountFlag.nodev,
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
  if (!await isRegularFile(file)) await makeDiskImage(context.processes, file);
  const { device } = await plugDisk(context, sandbox, { source: file, isReadOnly: false });
  await mount(context.pods.agent(sandbox), {
    source: device,
    target: guestPath,
    type: "ext4",
    flags: MountFlag.nosuid | MountFlag.nodev | MountFlag.noatime,
    data: "discard",
  });
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
