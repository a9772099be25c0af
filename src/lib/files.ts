/**
 * Small file operations with the guarantees the rooms above rely on: writes that survive a crash
 * whole or not at all, reads with a cap, removal that forgives absence.
 */

import { FraktiError } from "./errors.ts";

/** Mode of directories that hold state: nobody but root looks in (CVE-2024-25621). */
export const privateDirMode = 0o700;

/** Makes `path` and its parents; the last one gets mode 0700 even when it existed. */
export async function makePrivateDir(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true, mode: privateDirMode });
  await Deno.chmod(path, privateDirMode);
}

/**
 * Replaces `path` with `data`: written to a temporary file beside it, synced, renamed, and the
 * directory synced, so that after a power cut either the old or the new content is there.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  mode = 0o600,
): Promise<void> {
  const temporary = `${path}.tmp`;
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  try {
    {
      using file = await Deno.open(temporary, { write: true, create: true, truncate: true, mode });
      await writeAll(file, bytes);
      await file.sync();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    // On a full disk each attempt at something new would leave one.
    await removeIfExists(temporary).catch(() => {}); // What went wrong first is the reason.
    throw error;
  }
  await syncDir(path.slice(0, path.lastIndexOf("/")) || "/");
}

/** Writes every byte, to a file or a connection; `write` alone may write fewer. */
export async function writeAll(
  target: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await target.write(bytes.subarray(done));
}

/** Makes a rename or removal in `dir` durable. */
export async function syncDir(dir: string): Promise<void> {
  const handle = await Deno.open(dir, { read: true });
  try {
    await handle.sync();
  } finally {
    handle.close();
  }
}

/**
 * The content of a file as text, or undefined when there is none.
 * @throws FraktiError ResourceExhausted when it is larger than `maxBytes`.
 */
export async function readTextIfExists(
  path: string,
  maxBytes: number,
): Promise<string | undefined> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const chunk = new Uint8Array(64 * 1024);
      const count = await file.read(chunk);
      if (count === null) break;
      size += count;
      if (size > maxBytes) {
        throw new FraktiError("ResourceExhausted", `File "${path}" is over ${maxBytes} bytes`);
      }
      chunks.push(chunk.subarray(0, count));
    }
    return await new Blob(chunks as BlobPart[]).text();
  } finally {
    file.close();
  }
}

/** Removes a file or tree; absence is success. */
export async function removeIfExists(path: string, recursive = false): Promise<void> {
  try {
    await Deno.remove(path, { recursive });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/**
 * Removes a directory with the files and the empty directories in it; absence is success. Fails for
 * a directory that holds something and for a mount point: where mounts may come at any time, nothing
 * that is mounted is ever gone into.
 */
export async function removeFlatDir(dir: string): Promise<void> {
  for (const { name } of await entriesIfExists(dir)) await removeIfExists(`${dir}/${name}`);
  await removeIfExists(dir);
}

/** What is at `path`, following symlinks; undefined when nothing is. */
export async function statIfExists(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** What lies in a directory; nothing when there is none. */
export async function entriesIfExists(dir: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(dir));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** True for the errors that mean "no such file". */
export function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
