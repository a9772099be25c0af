/**
 * Log files in memory, for unit tests: a disk that can be full, and files that keep their content
 * under a new name.
 */

import { Buffer } from "node:buffer";
import type { LogFile, LogFiles } from "./log_file.ts";

interface Inode {
  readonly id: string;
  content: Buffer;
}

/** A file system of one flat directory. */
export class FakeLogFiles implements LogFiles {
  readonly #names = new Map<string, Inode>();
  #nextInode = 1;
  /** Bytes that the disk still takes. */
  freeBytes = Infinity;
  /** What `open` fails with, when set. */
  openError: Error | undefined;
  openHandles = 0;

  open(path: string): LogFile {
    if (this.openError !== undefined) throw this.openError;
    const inode = this.#names.get(path) ??
      { id: `0:${this.#nextInode++}`, content: Buffer.alloc(0) };
    this.#names.set(path, inode);
    return this.#handle(inode);
  }

  /** The rotated file whose name comes last, as names carry the time. */
  openRotated(path: string): LogFile | undefined {
    const names = [...this.#names.keys()].filter((name) => name.startsWith(`${path}.`)).sort();
    const inode = this.#names.get(names.at(-1) ?? "");
    return inode === undefined ? undefined : this.#handle(inode);
  }

  #handle(inode: Inode): LogFile {
    this.openHandles++;
    return {
      id: inode.id,
      sizeBytes: inode.content.length,
      append: (bytes, start, end) => {
        const count = Math.min(end - start, this.freeBytes);
        if (count === 0) throw new Error("ENOSPC: no space left on device");
        this.freeBytes -= count;
        inode.content = Buffer.concat([inode.content, bytes.subarray(start, start + count)]);
        return count;
      },
      dropLast: (bytes) => {
        inode.content = inode.content.subarray(0, inode.content.length - bytes);
        this.freeBytes += bytes;
      },
      read: (position, length) =>
        Promise.resolve(inode.content.subarray(position, position + length)),
      close: () => {
        this.openHandles--;
      },
    };
  }

  renameIfSame(path: string, to: string, id: string): void {
    if (this.#names.get(path)?.id === id) this.rename(path, to);
  }

  rename(path: string, to: string): void {
    const inode = this.#names.get(path);
    if (inode === undefined) throw new Error(`ENOENT: no such file, rename "${path}"`);
    this.#names.delete(path);
    this.#names.set(to, inode);
  }

  content(path: string): Buffer {
    return this.#names.get(path)?.content ?? Buffer.alloc(0);
  }

  has(path: string): boolean {
    return this.#names.has(path);
  }

  set(path: string, content: string | Uint8Array): void {
    this.#names.set(path, { id: `0:${this.#nextInode++}`, content: Buffer.from(content) });
  }
}
