/**
 * Starting programs that outlive frakti: in a session of their own, tied to it by nothing but the
 * pipe of their output, which is read into a capped tail while frakti lives. Beside process.ts and
 * companion.ts the only place that spawns.
 */

import { spawn } from "node:child_process";
import { FraktiError } from "./errors.ts";
import { Tail } from "./tail.ts";

/** What to start. The environment is exactly `env`, nothing is inherited, no descriptor either. */
export interface DetachedRequest {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How it ended. `code` is null when a signal ended it. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A program that runs. */
export interface DetachedProcess {
  readonly pid: number;
  /** Resolves when it has ended and its output is read. Never rejects, holds nothing open. */
  readonly ended: Promise<ProcessEnd>;
  /** The last of what it wrote to stdout and stderr, as text. */
  tail(): string;
}

/** Starts programs. */
export interface ProcessStarter {
  /**
   * A program that is missing ends at once with code 127, as in a shell.
   * @throws FraktiError Internal when nothing can be started.
   */
  start(request: DetachedRequest): Promise<DetachedProcess>;
}

/** What is kept of the output; a hostile guest can make its QEMU talk without end. */
const tailBytes = 8 * 1024;

/** After the process has ended, how long somebody it started may still hold its pipes open. */
const drainMs = 1000;

const minimalEnv = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

/**
 * Closes what the program would inherit, then becomes it. Deno hands the listening sockets of
 * `node:net` down: held by a VM, the CRI's would accept connections that nobody answers, long after
 * frakti was killed (docs/decisions/0118-descriptors-of-detached-programs.md). dash has no words for
 * descriptors beyond 9.
 */
const closeAndRun = `for fd in /proc/self/fd/*; do
  fd=\${fd##*/}
  [ "$fd" -le 2 ] || eval "exec $fd>&-"
done
exec "$@"`;

/**
 * The real thing, on `node:child_process`. When frakti ends, what the program writes from then on
 * fails with EPIPE, so it must not die of SIGPIPE; QEMU does not.
 */
export const detachedProcesses: ProcessStarter = {
  start(request) {
    return new Promise((resolve, reject) => {
      const command = [request.command, ...(request.args ?? [])];
      const child = spawn("/bin/bash", ["-c", closeAndRun, "frakti-detach", ...command], {
        env: { ...(request.env ?? minimalEnv) },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
      const tail = new Tail(tailBytes);
      const ended = new Promise<ProcessEnd>((end) => {
        child.on("close", (code, signal) => end({ code, signal }));
        child.on("exit", (code, signal) => {
          const drain = setTimeout(() => {
            child.stdout.destroy();
            child.stderr.destroy();
            end({ code, signal });
          }, drainMs);
          child.on("close", () => clearTimeout(drain));
        });
      });
      child.on("error", (error) => {
        reject(new FraktiError("Internal", `Cannot run "${request.command}"`, { cause: error }));
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk: Uint8Array) => tail.push(chunk));
        unref(stream);
      }
      child.on("spawn", () => {
        if (child.pid === undefined) {
          return reject(new FraktiError("Internal", "Process has no id"));
        }
        child.unref();
        resolve({ pid: child.pid, ended, tail: () => tail.text() });
      });
    });
  },
};

/** Keeps a pipe from holding frakti open when everything else has ended. */
function unref(stream: object): void {
  if ("unref" in stream && typeof stream.unref === "function") stream.unref();
}
