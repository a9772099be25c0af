/**
 * Running other programs: bounded time, bounded output, a cause for every failure. The only place
 * that spawns; callers receive a `ProcessRunner` so that unit tests need no program.
 */

import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { FraktiError } from "./errors.ts";
import { familyName, familyVariable, killFamily } from "./process_family.ts";

/**
 * What to run. The environment is exactly `env` (PATH included) and the mark by which a program and
 * what it starts are found again; nothing is inherited.
 */
export interface ProcessRequest {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** After this it is killed, with all that it started, and `timedOut` set. */
  readonly timeoutMs: number;
  /** Output kept per stream; what comes beyond it is read and dropped, and `truncated` set. */
  readonly maxOutputBytes?: number;
  readonly cwd?: string;
  /** Aborting it kills it, with all that it started. */
  readonly signal?: AbortSignal;
}

/** How it ended. `code` is null when a signal ended it. */
export interface ProcessResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly timedOut: boolean;
  readonly truncated: boolean;
}

/** Runs a program to its end. */
export interface ProcessRunner {
  /**
   * Resolves with the result whatever the exit code is.
   * @throws FraktiError NotFound when the program is missing, Internal when it cannot be started.
   */
  run(request: ProcessRequest): Promise<ProcessResult>;
}

const defaultMaxOutputBytes = 1024 * 1024;

/** After the process has ended, how long a grandchild may still hold its pipes open. */
const drainMs = 1000;

const minimalEnv = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

/** The real thing, on `node:child_process`. */
export const systemProcesses: ProcessRunner = {
  run(request) {
    return new Promise((resolve, reject) => {
      const family = familyName();
      const child = spawn(request.command, [...(request.args ?? [])], {
        env: { ...(request.env ?? minimalEnv), [familyVariable]: family },
        stdio: ["pipe", "pipe", "pipe"],
        ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
      });
      const cap = request.maxOutputBytes ?? defaultMaxOutputBytes;
      const stdout = new CappedBuffer(cap);
      const stderr = new CappedBuffer(cap);
      let timedOut = false;
      let settled = false;
      const timer = setTimeout(() => {
        timedOut = true;
        killAll();
      }, request.timeoutMs);
      const killAll = () => {
        child.kill("SIGKILL");
        killFamily(family);
      };
      if (request.signal?.aborted) killAll();
      request.signal?.addEventListener("abort", killAll, { once: true });

      const release = () => {
        clearTimeout(timer);
        request.signal?.removeEventListener("abort", killAll);
      };
      const settle = (code: number | null, signal: string | null) => {
        if (settled) return;
        settled = true;
        release();
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve({
          code,
          signal,
          stdout: stdout.bytes(),
          stderr: stderr.bytes(),
          timedOut,
          truncated: stdout.truncated || stderr.truncated,
        });
      };
      child.on("error", (error) => {
        if (settled) return;
        settled = true;
        release();
        const missing = "code" in error && error.code === "ENOENT";
        reject(
          new FraktiError(missing ? "NotFound" : "Internal", `Cannot run "${request.command}"`, {
            cause: error,
          }),
        );
      });
      child.stdout?.on("data", (chunk: Uint8Array) => stdout.push(chunk));
      child.stderr?.on("data", (chunk: Uint8Array) => stderr.push(chunk));
      child.on("close", settle);
      child.on("exit", (code, signal) => {
        const drain = setTimeout(() => settle(code, signal), drainMs);
        child.on("close", () => clearTimeout(drain));
      });
      // A program that ends without reading its stdin is not an error of the run.
      child.stdin?.on("error", () => child.stdin?.destroy());
      child.stdin?.end(request.stdin === undefined ? undefined : Buffer.from(request.stdin));
    });
  },
};

class CappedBuffer {
  #chunks: Uint8Array[] = [];
  #size = 0;
  truncated = false;

  constructor(readonly capBytes: number) {}

  push(chunk: Uint8Array): void {
    const room = this.capBytes - this.#size;
    if (chunk.length > room) this.truncated = true;
    const kept = chunk.subarray(0, Math.max(0, room));
    if (kept.length === 0) return;
    this.#chunks.push(kept);
    this.#size += kept.length;
  }

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#chunks));
  }
}
