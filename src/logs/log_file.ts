/**
 * The file behind a container log: opened without following a symlink, appended to with one
 * write(2) per call, read back from its end. The kubelet owns the directory, but what lies at the
 * path may have been put there by a container that can write to it (CVE-2026-53489).
 */

import * as fs from "node:fs";
import { Buffer } from "node:buffer";
import { FraktiError, internal } from "../lib/errors.ts";

/** An open log file. Positions and lengths are bytes. */
export interface LogFile {
  /** "device:inode": the same file under any name. */
  readonly id: string;
  /** When it was opened. */
  readonly sizeBytes: number;
  /** One write(2) of `bytes[start, end)` at the end; how many it took. Throws what the system says. */
  append(bytes: Uint8Array, start: number, end: number): number;
  /** Takes the last bytes back out, whatever the size is by now. */
  dropLast(bytes: number): void;
  /** Up to `length` bytes from `position` on. */
  read(position: number, length: number): Promise<Uint8Array>;
  close(): void;
}

/** The file system as a container log needs it. */
export interface LogFiles {
  /**
   * Opens for appending and reading; creates the file, and its directory when absent.
   * @throws FraktiError FailedPrecondition when something else than a regular file is there.
   */
  open(path: string): LogFile;
  /**
   * The file that was at `path` before the present one, for reading: the last written of
   * `<path>.*`, as the kubelet and our own rotation name it. Undefined when there is none.
   */
  openRotated(path: string): LogFile | undefined;
  /** Gives the file at `path` another name, if it is the file with that id. */
  renameIfSame(path: string, to: string, id: string): void;
}

/** The kubelet and log collectors of its group read; nobody else writes. */
const fileMode = 0o640;
const dirMode = 0o755;

/** O_NONBLOCK: a FIFO put at the path must not hold up the whole process. */
const appendFlags = fs.constants.O_RDWR | fs.constants.O_APPEND | fs.constants.O_CREAT |
  fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;

/** The machine's file system. */
export const systemLogFiles: LogFiles = {
  open(path) {
    fs.mkdirSync(path.slice(0, path.lastIndexOf("/")) || "/", { recursive: true, mode: dirMode });
    return openWith(path, appendFlags);
  },

  openRotated(path) {
    const newest = newestRotated(path);
    return newest === undefined
      ? undefined
      : openWith(newest, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  },

  renameIfSame(path, to, id) {
    const info = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (info !== undefined && `${info.dev}:${info.ino}` === id) fs.renameSync(path, to);
  },
};

function openWith(path: string, flags: number): LogFile {
  const fd = openNoFollow(path, flags);
  try {
    const info = fs.fstatSync(fd, { bigint: true });
    if (!info.isFile()) throw notRegular(path);
    if (flags === appendFlags && info.size === 0n) {
      fs.fchmodSync(fd, fileMode); // Whatever the umask left of it.
    }
    return new SystemLogFile(fd, `${info.dev}:${info.ino}`, Number(info.size));
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

/** Files that the kubelet has compressed, or is about to, hold nothing that could be read. */
const compressed = /\.(gz|tmp)$/;

function newestRotated(path: string): string | undefined {
  const cut = path.lastIndexOf("/");
  const prefix = `${path.slice(cut + 1)}.`;
  let newest: { readonly path: string; readonly mtimeNs: bigint } | undefined;
  for (const name of fs.readdirSync(path.slice(0, cut) || "/")) {
    if (!name.startsWith(prefix) || compressed.test(name)) continue;
    const candidate = path.slice(0, cut + 1) + name;
    const info = fs.lstatSync(candidate, { bigint: true, throwIfNoEntry: false });
    if (info === undefined || !info.isFile()) continue;
    if (newest === undefined || info.mtimeNs > newest.mtimeNs) {
      newest = { path: candidate, mtimeNs: info.mtimeNs };
    }
  }
  return newest?.path;
}

function openNoFollow(path: string, flags: number): number {
  try {
    return fs.openSync(path, flags, fileMode);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ELOOP" || code === "EISDIR" || code === "ENXIO") {
      throw notRegular(path, error);
    }
    throw internal(`Cannot open log file "${path}"`, error);
  }
}

function notRegular(path: string, cause?: unknown): FraktiError {
  return new FraktiError(
    "FailedPrecondition",
    `Log path "${path}" is a link or no regular file`,
    cause === undefined ? {} : { cause },
  );
}

/** The errno name of a system error, such as "ENOSPC"; "" for other errors. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

class SystemLogFile implements LogFile {
  readonly #fd: number;

  constructor(fd: number, readonly id: string, readonly sizeBytes: number) {
    this.#fd = fd;
  }

  append(bytes: Uint8Array, start: number, end: number): number {
    return fs.writeSync(this.#fd, bytes, start, end - start);
  }

  dropLast(bytes: number): void {
    fs.ftruncateSync(this.#fd, Math.max(0, fs.fstatSync(this.#fd).size - bytes));
  }

  read(position: number, length: number): Promise<Uint8Array> {
    const buffer = Buffer.alloc(length);
    return new Promise((resolve, reject) => {
      fs.read(this.#fd, buffer, 0, length, position, (error, count) => {
        if (error) reject(error);
        else resolve(buffer.subarray(0, count));
      });
    });
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}
