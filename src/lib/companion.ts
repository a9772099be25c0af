/**
 * Programs that work for frakti while it lives and end with it: each reads its stdin and ends when
 * that does, which the kernel closes however frakti ends. Beside process.ts and detached.ts the
 * only place that spawns.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { FraktiError } from "./errors.ts";
import { Tail } from "./tail.ts";

/** What to start. The environment is exactly `env`, nothing is inherited. */
export interface CompanionRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A companion that runs. */
export interface Companion {
  readonly pid: number;
  /**
   * The first line of its output, whole or cut at 1 KiB: how it tells that it is ready. Undefined
   * when it ended without one.
   */
  readonly firstLine: Promise<string | undefined>;
  /** Resolves when it has ended and what it wrote is read. Never rejects. */
  readonly ended: Promise<void>;
  /** The last of what it wrote to stderr, as text. */
  complaint(): string;
  /** Sends bytes to its stdin; what it does not take is kept. Nothing happens once it has ended. */
  tell(text: string): void;
  /** Closes its stdin, whereupon it ends. */
  dismiss(): void;
  /** Ends it and what it started, at once. */
  kill(): void;
}

/** Starts companions. */
export interface CompanionStarter {
  /** @throws FraktiError NotFound when the program is missing, Internal when it cannot be run. */
  start(request: CompanionRequest): Promise<Companion>;
}

const maxLineBytes = 1024;
const complaintBytes = 4096;

/** After it has ended, how long somebody it started may still hold its pipes open. */
const drainMs = 1000;

/** The real thing, on `node:child_process`. */
export const systemCompanions: CompanionStarter = {
  start({ command, args, env }) {
    return new Promise((resolve, reject) => {
      const child = spawn(command, [...args], {
        env: { ...env },
        stdio: ["pipe", "pipe", "pipe"],
        detached: true, // A ctrl-c in frakti's terminal is frakti's to act on.
      });
      child.on("error", (error) => {
        const missing = "code" in error && error.code === "ENOENT";
        reject(
          new FraktiError(missing ? "NotFound" : "Internal", `Cannot run "${command}"`, {
            cause: error,
          }),
        );
      });
      // Before "spawn", so that nothing of what it says is missed.
      const companion = describeChild(child);
      child.on("spawn", () => resolve(companion));
    });
  },
};

function describeChild(child: ChildProcess): Companion {
  const complaint = new Tail(complaintBytes);
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => resolve());
    child.on("exit", () => {
      const drain = setTimeout(resolve, drainMs);
      child.on("close", () => clearTimeout(drain));
    });
  });
  child.stderr?.on("data", (chunk: Uint8Array) => complaint.push(chunk));
  child.stdin?.on("error", () => {}); // It has ended, which `ended` tells.
  return {
    get pid() {
      return child.pid ?? 0;
    },
    firstLine: readFirstLine(child, ended),
    ended,
    complaint: () => complaint.text(),
    tell: (text) => void (child.stdin?.writable && child.stdin.write(text)),
    dismiss: () => void child.stdin?.end(),
    kill: () => killGroup(child),
  };
}

function readFirstLine(child: ChildProcess, ended: Promise<void>): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const decoder = new TextDecoder();
    child.stdout?.on("data", (chunk: Uint8Array) => {
      // What comes afterwards is read and dropped, so that it never blocks.
      if (text.includes("\n") || text.length > maxLineBytes) return;
      text += decoder.decode(chunk, { stream: true });
      const end = text.indexOf("\n");
      if (end >= 0 || text.length > maxLineBytes) {
        resolve(text.slice(0, end >= 0 ? Math.min(end, maxLineBytes) : maxLineBytes));
      }
    });
    child.stdout?.on("close", () => resolve(undefined));
    ended.then(() => resolve(undefined));
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    Deno.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL"); // The group is gone or not its own yet: the child alone.
  }
}
