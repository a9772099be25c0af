/**
 * Runs programs for the tests: to their end with a time limit, or in the background with their
 * output in a file. The only place in tests/support that spawns.
 */

import { readTail } from "./files.ts";
import { waitFor } from "./wait.ts";

/** How to run a program. */
export interface CommandOptions {
  /** Added to the environment of this process. */
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly stdin?: string;
  /** After this it is killed and an error thrown. Two minutes unless given. */
  readonly timeoutMs?: number;
}

/** How a program ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const defaultTimeoutMs = 120_000;

/** Runs a program to its end, whatever its exit code. Throws only when the time limit passes. */
export async function tryRun(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).spawn();
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, timeoutMs);
  try {
    const fed = options.stdin === undefined ? undefined : feed(child.stdin, options.stdin);
    const output = await child.output();
    await fed;
    if (timedOut) throw new Error(`${commandLine(command, args)} ran longer than ${timeoutMs} ms`);
    const decoder = new TextDecoder();
    return {
      code: output.code,
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a program and resolves with its standard output; throws when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await tryRun(command, args, options);
  if (result.code !== 0) {
    const output = `${result.stdout}${result.stderr}`.trim();
    throw new Error(`${commandLine(command, args)} exited ${result.code}: ${output}`);
  }
  return result.stdout;
}

async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // A program may end without reading its input; its exit code tells the rest.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function commandLine(command: string, args: readonly string[]): string {
  return [command, ...args].join(" ");
}

/** A program in the background. */
export class BackgroundProcess {
  readonly #child: Deno.ChildProcess;
  #ended = false;

  private constructor(child: Deno.ChildProcess, readonly name: string, readonly logPath: string) {
    this.#child = child;
    child.status.then(() => this.#ended = true);
  }

  /** Starts `command`; what it prints is appended to `logPath`. */
  static start(
    command: string,
    args: readonly string[],
    logPath: string,
    options: Pick<CommandOptions, "env" | "cwd"> = {},
  ): BackgroundProcess {
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", 'log=$1; shift; exec "$@" >>"$log" 2>&1', "sh", logPath, command, ...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    }).spawn();
    return new BackgroundProcess(child, command, logPath);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return !this.#ended;
  }

  /** How it ended, once it has. */
  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** What it has printed, at most the last 64 KiB. */
  log(): Promise<string> {
    return readTail(this.logPath);
  }

  /** Sends a signal; nothing happens when it has ended. */
  signal(name: Deno.Signal): void {
    if (!this.#ended) this.#child.kill(name);
  }

  /** Ends it at once and waits for that. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#child.status;
  }

  /** Asks it to end, and kills it when it has not within `graceMs`. True when it went by itself. */
  async stop(graceMs: number): Promise<boolean> {
    this.signal("SIGTERM");
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"late">((resolve) =>
      timer = setTimeout(() => resolve("late"), graceMs)
    );
    const first = await Promise.race([this.#child.status, late]);
    clearTimeout(timer);
    await this.kill();
    return first !== "late";
  }

  /** Waits until `probe` succeeds; fails early, with the log, when the program ends first. */
  async waitUntil(
    what: string,
    timeoutMs: number,
    probe: () => Promise<boolean>,
  ): Promise<void> {
    await waitFor(what, { timeoutMs }, async () => {
      if (this.#ended) throw new Error(`"${this.name}" ended:\n${await this.log()}`);
      return await probe();
    }).catch(async (error) => {
      throw new Error(`"${this.name}" is not ready, its log:\n${await this.log()}`, {
        cause: error,
      });
    });
  }
}
