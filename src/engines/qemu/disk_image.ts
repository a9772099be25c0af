/**
 * Disk files for a guest to write to: sparse, with an ext4 file system that grows into its space as
 * it is used.
 */

import { statfs } from "node:fs/promises";
import { FraktiError, wrap } from "../../lib/errors.ts";
import { removeIfExists } from "../../lib/files.ts";
import type { ProcessRunner } from "../../lib/process.ts";

/** Of a pod's writable layers, which a VM of the smallest size must be able to mount. */
const maxScratchBytes = 64 * 1024 ** 3;
/** Of an emptyDir: its tables take 320 KiB of the node's disk, which count as the volume's. */
export const maxEmptyDirBytes = 256 * 1024 ** 3;
const minDiskBytes = 64 * 1024 ** 2;
const mkfsTimeoutMs = 60_000;
/** A source tree with many small files still fits. */
const bytesPerInode = 32 * 1024;
const mebibyte = 1024n * 1024n;

/**
 * How a guest mounts such a disk (ext4(5)). What is deleted is given back to the node; the inode
 * tables of a sparse file read as zero already, and zeroing them in the background would fill a 128th
 * of the disk's size on the node.
 */
export const diskMountData = "discard,noinit_itable";

/**
 * Makes the file `path` with an empty file system, as large as the disk that it lies on: what is free
 * there now may be much less than what is free later. It is there once it is whole: a crash on the way
 * leaves "PATH.new", which the next attempt replaces.
 * @param maxBytes another limit than that of writable layers.
 * @throws FraktiError ResourceExhausted when the disk is full.
 */
export async function makeDiskImage(
  processes: ProcessRunner,
  path: string,
  maxBytes = maxScratchBytes,
): Promise<void> {
  const dir = path.slice(0, path.lastIndexOf("/"));
  const { blocks, bsize } = await statfs(dir, { bigint: true });
  const wholeBytes = Number(blocks * bsize / mebibyte * mebibyte);
  const sizeBytes = Math.max(minDiskBytes, Math.min(maxBytes, wholeBytes));
  const unfinished = `${path}.new`;
  try {
    await removeIfExists(unfinished);
    using file = await Deno.open(unfinished, { write: true, createNew: true, mode: 0o600 });
    await file.truncate(sizeBytes);
    const result = await processes.run({
      command: "mkfs.ext4",
      // No reserved blocks: root in the guest is just a user of it. Tables are made as they are used.
      args: [
        ...["-q", "-F", "-m", "0", "-J", "size=4", "-i", String(bytesPerInode)],
        // What writes most at once and is never used here: room to grow, copies of the tables; and
        // the bitmaps of many groups lie together.
        ...["-O", "^resize_inode,sparse_super2", "-G", "512"],
        ...[
          "-E",
          "lazy_itable_init=1,lazy_journal_init=1,nodiscard,root_owner=0:0,num_backup_sb=0",
        ],
        unfinished,
      ],
      timeoutMs: mkfsTimeoutMs,
    });
    if (result.code === 0) {
      await Deno.rename(unfinished, path);
      return;
    }
    const text = new TextDecoder().decode(result.stderr).trim();
    const isFull = /no space left/i.test(text);
    throw new FraktiError(isFull ? "ResourceExhausted" : "Internal", "mkfs.ext4 failed", {
      cause: new Error(text || `Status ${result.code ?? result.signal}`),
    });
  } catch (error) {
    await removeIfExists(unfinished);
    throw wrap(`Cannot make disk "${path}"`, error);
  }
}
