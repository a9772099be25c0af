/**
 * Reading small files of an unpacked image as a container would see them: symlinks are followed
 * inside the image only, wherever they point (CVE-2024-21626 and its like).
 */

import { isMissing, readTextIfExists } from "../../../lib/files.ts";

const maxLinks = 40; // As Linux follows in one path.
const maxFileBytes = 1024 * 1024;

/**
 * The text of a regular file of the image; "" when there is none, or it is too large to be what it
 * is taken for.
 * @param root the unpacked image, which nobody else changes.
 */
export async function readRootfsFile(root: string, path: string): Promise<string> {
  const real = await resolveInside(root, path);
  if (real === undefined) return "";
  const info = await lstatIfExists(real);
  if (info === undefined || !info.isFile || info.size > maxFileBytes) return "";
  return await readTextIfExists(real, maxFileBytes) ?? "";
}

/** Where `path` is on the host; undefined when a link leads nowhere. */
async function resolveInside(root: string, path: string): Promise<string | undefined> {
  const pending = path.split("/").filter((part) => part !== "").reverse();
  let done: string[] = [];
  let links = 0;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === ".") continue;
    if (part === "..") {
      done = done.slice(0, -1);
      continue;
    }
    const here = [root, ...done, part].join("/");
    const info = await lstatIfExists(here);
    if (info?.isSymlink !== true) {
      done.push(part);
      continue;
    }
    if (++links > maxLinks) return undefined;
    const target = await Deno.readLink(here);
    if (target.startsWith("/")) done = [];
    pending.push(...target.split("/").filter((each) => each !== "").reverse());
  }
  return [root, ...done].join("/");
}

async function lstatIfExists(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
