/**
 * What `frakti check` may ask of the machine. Looks and connects only, never writes; every answer
 * is bounded. The checks take the interface, so that their tests need no machine in a given state.
 */

import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { boundPath } from "../lib/bound_path.ts";
import { isMissing, readTextIfExists, statIfExists } from "../lib/files.ts";
import { systemProcesses } from "../lib/process.ts";

/** Who listens on a unix socket. */
export interface SocketOwner {
  readonly pid: number;
  /** The command line, words split by blanks. */
  readonly command: string;
}

/** Questions about the machine. */
export interface HostProbe {
  /** What is at `path`; undefined when nothing is. */
  stat(path: string): Promise<Pick<Deno.FileInfo, "isDirectory" | "isSocket" | "mode"> | undefined>;
  /** May this process write into the directory? False on a read-only file system also for root. */
  isWritable(dir: string): Promise<boolean>;
  /** A small file of /proc; undefined when there is none. */
  readText(path: string): Promise<string | undefined>;
  /** Does somebody accept connections on the socket? */
  answers(socketPath: string): Promise<boolean>;
  /** The process that listens on the socket; undefined when it cannot be told. */
  socketOwner(socketPath: string): Promise<SocketOwner | undefined>;
  /** Why nobody can listen there; undefined when one can. Port 0 is always free. */
  portProblem(host: string, port: number): Promise<string | undefined>;
  /** The absolute path of a program on PATH. */
  findProgram(name: string): Promise<string | undefined>;
  /** What becomes of forwarded IPv4 packets that no rule is about; undefined: it cannot be told. */
  forwardPolicy(): Promise<string | undefined>;
  /** The SHA-256 of a file as hexadecimal digits. @throws Error when it cannot be read. */
  sha256(path: string): Promise<string>;
  /** Of the file system that holds `path`. */
  space(path: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
}

/** __SO_ACCEPTCON of include/linux/net.h, as /proc/net/unix shows it. */
const listeningFlags = "00010000";

const maxProcFileBytes = 4 * 1024 * 1024; // /proc/net/unix on a busy node.

const hashChunkBytes = 1024 * 1024;

/** The machine itself. */
export const systemHost: HostProbe = {
  stat: statIfExists,
  async isWritable(dir) {
    try {
      await access(dir, constants.W_OK);
      return true;
    } catch {
      return false; // Whatever the reason is, the answer is no.
    }
  },
  readText: (path) => readTextIfExists(path, maxProcFileBytes),
  async answers(socketPath) {
    try {
      (await Deno.connect({ transport: "unix", path: socketPath })).close();
      return true;
    } catch (error) {
      if (isMissing(error) || error instanceof Deno.errors.ConnectionRefused) return false;
      throw error;
    }
  },
  async socketOwner(socketPath) {
    const table = await readTextIfExists("/proc/net/unix", maxProcFileBytes) ?? "";
    // Connections to the socket carry its path too; only the one that listens has an owner here.
    // A frakti's own bears the name that it was bound to.
    const names = [socketPath, boundPath(socketPath)].map((name) => ` ${name}`);
    const inode = table.split("\n")
      .filter((row) => names.some((name) => row.endsWith(name)))
      .map((row) => row.split(/\s+/))
      .find(([, , , flags]) => flags === listeningFlags)?.[6];
    return inode === undefined ? undefined : await findSocketOwner(`socket:[${inode}]`);
  },
  portProblem(host, port) {
    try {
      Deno.listen({ hostname: host, port }).close();
      return Promise.resolve(undefined);
    } catch (error) {
      return Promise.resolve(error instanceof Error ? error.message : String(error));
    }
  },
  async findProgram(name) {
    const dirs = (Deno.env.get("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin").split(":");
    for (const dir of dirs.filter((candidate) => candidate.startsWith("/"))) {
      const file = await statIfExists(`${dir}/${name}`);
      if (file?.isFile && ((file.mode ?? 0) & 0o111) !== 0) return `${dir}/${name}`;
    }
    return undefined;
  },
  async forwardPolicy() {
    const rules = await probe("iptables", ["-S", "FORWARD"]);
    return /^-P FORWARD (\w+)$/m.exec(rules ?? "")?.[1];
  },
  async sha256(path) {
    const hash = createHash("sha256");
    using file = await Deno.open(path);
    const buffer = new Uint8Array(hashChunkBytes);
    for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
      hash.update(buffer.subarray(0, count));
    }
    return hash.digest("hex");
  },
  async space(path) {
    const { bavail, blocks, bsize } = await statfs(path);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  },
};

async function findSocketOwner(target: string): Promise<SocketOwner | undefined> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    if (await holds(`/proc/${name}/fd`, target)) {
      const command = await readTextIfExists(`/proc/${name}/cmdline`, maxProcFileBytes) ?? "";
      return { pid: Number(name), command: command.replaceAll("\0", " ").trim() };
    }
  }
  return undefined;
}

async function holds(fdDir: string, target: string): Promise<boolean> {
  try {
    for await (const { name } of Deno.readDir(fdDir)) {
      if (await Deno.readLink(`${fdDir}/${name}`) === target) return true;
    }
  } catch {
    return false; // The process has ended, or belongs to another user: it is not the answer.
  }
  return false;
}

const probeTimeoutMs = 20_000;

/** The first line that `PROGRAM --version` prints; undefined when the program is missing or fails. */
export async function probeVersion(program: string): Promise<string | undefined> {
  return (await probe(program, ["--version"]))?.split("\n")[0];
}

/** What a program prints; undefined when it is missing or fails. */
async function probe(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { code, stdout } = await systemProcesses.run({
      command,
      args,
      timeoutMs: probeTimeoutMs,
    });
    return code === 0 ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined; // Missing, or not to be run: for the check it is the same.
  }
}
