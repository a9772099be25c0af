/**
 * From layers to a disk: umoci unpacks them (whiteouts, owners, links, devices, attributes kept),
 * and mkfs.erofs makes one read-only file system of the tree.
 */

import { FraktiError } from "../../../lib/errors.ts";
import type { ProcessRunner } from "../../../lib/process.ts";
import { readRootfsFile } from "./rootfs_file.ts";

/** What unpacking an image yields beside the disk. */
export interface Unpacked {
  readonly passwd: string;
  readonly group: string;
  readonly diskBytes: number;
}

/** Images of some GB take minutes on a busy node. */
const toolTimeoutMs = 30 * 60_000;
const maxTextChars = 600;

/**
 * Makes `disk` from the image that `layout` (an OCI layout) has under the name "image".
 * @param dir an empty directory for the tree, on a file system that takes owners and attributes.
 * @throws FraktiError ResourceExhausted when the disk is full, Internal when a layer is broken.
 */
export async function unpackToDisk(
  processes: ProcessRunner,
  paths: { readonly layout: string; readonly dir: string; readonly disk: string },
  signal: AbortSignal,
): Promise<Unpacked> {
  const bundle = `${paths.dir}/bundle`;
  const rootfs = `${bundle}/rootfs`;
  await tool("umoci", ["unpack", "--image", `${paths.layout}:image`, bundle]);
  const passwd = await readRootfsFile(rootfs, "etc/passwd");
  const group = await readRootfsFile(rootfs, "etc/group");
  await tool("mkfs.erofs", ["--quiet", "--preserve-mtime", paths.disk, rootfs]);
  const diskBytes = await syncedSize(paths.disk);
  return { passwd, group, diskBytes };

  async function tool(command: string, args: readonly string[]): Promise<void> {
    const result = await processes.run({ command, args, timeoutMs: toolTimeoutMs, signal });
    if (signal.aborted) throw new FraktiError("Cancelled", "The work was given up");
    if (result.timedOut) {
      throw new FraktiError("DeadlineExceeded", `${command} took over ${toolTimeoutMs} ms`);
    }
    if (result.code === 0) return;
    const text = new TextDecoder().decode(result.stderr).trim().slice(-maxTextChars);
    const isFull = /no space left on device|quota exceeded/i.test(text);
    throw new FraktiError(isFull ? "ResourceExhausted" : "Internal", `${command} failed`, {
      cause: new Error(text || `Status ${result.code ?? result.signal}`),
    });
  }
}

/** The size of a file whose content would survive a power cut. */
async function syncedSize(path: string): Promise<number> {
  const file = await Deno.open(path, { read: true });
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    file.close();
  }
}
