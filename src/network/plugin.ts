/**
 * Running one plugin once: finding its file, its environment, its time limit, and turning what it
 * says when it fails into one clear error. The only place of this room that executes plugins.
 */

import type { Clock } from "../lib/clock.ts";
import { type ErrorCode, failedPrecondition, FraktiError, unavailable } from "../lib/errors.ts";
import { statIfExists } from "../lib/files.ts";
import { Semaphore } from "../lib/lock.ts";
import type { Logger } from "../lib/log.ts";
import type { ProcessResult, ProcessRunner } from "../lib/process.ts";
import { type JsonObject, parseObject, textOf } from "./json.ts";

/** The verbs of the specification. */
export type Verb = "ADD" | "DEL" | "CHECK" | "STATUS" | "GC" | "VERSION";

/** One execution. */
export interface PluginCall {
  readonly verb: Verb;
  readonly type: string;
  readonly stdin: JsonObject;
  readonly timeoutMs: number;
  /** Aborting it kills the plugin. */
  readonly signal?: AbortSignal | undefined;
  /** Absent for STATUS, GC and VERSION. */
  readonly container?: {
    readonly id: string;
    /** "" when the namespace is gone. */
    readonly netnsPath: string;
    readonly ifName: string;
    readonly args: string;
  };
}

/** A plugin failed; `cniCode` is the number it gave, if it gave one. */
export class PluginError extends FraktiError {
  readonly cniCode: number | undefined;
  /**
   * It did not fail by itself: killed, it could not take back what it had made, or it ended well
   * with an answer that cannot be used.
   */
  readonly mayLeaveTraces: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cniCode?: number; mayLeaveTraces?: boolean; cause?: unknown },
  ) {
    super(code, message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "PluginError";
    this.cniCode = options.cniCode;
    this.mayLeaveTraces = options.mayLeaveTraces ?? false;
  }
}

export interface PluginSettings {
  readonly binDirs: readonly string[];
  /** What plugins inherit besides CNI_*; a PATH in any case. */
  readonly env: Readonly<Record<string, string>>;
}

const minimalEnv = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

export interface PluginDeps {
  readonly clock: Clock;
  readonly processes: ProcessRunner;
  readonly log: Logger;
}

/** A result of a real plugin has a few hundred bytes; what is kept per pod is bounded by this. */
const maxOutputBytes = 256 * 1024;

/**
 * Executions at once. More only queue up behind the locks of iptables and host-local. DEL has its
 * own share, so that plugins hanging in ADD keep no address from being given back.
 */
const maxParallel = 8;

// A plugin being replaced cannot be executed for a moment (ETXTBSY); libcni waits as long.
const busyRetries = 5;
const busyRetryMs = 1000;

/** Finds and runs plugins. */
export class PluginRunner {
  readonly #adding = new Semaphore(maxParallel);
  readonly #other = new Semaphore(maxParallel);

  constructor(readonly settings: PluginSettings, readonly deps: PluginDeps) {}

  /**
   * The path of a plugin: the first executable regular file of that name in the directories.
   * @throws FraktiError FailedPrecondition naming the directories.
   */
  async find(type: string): Promise<string> {
    for (const dir of this.settings.binDirs) {
      const path = `${dir}/${type}`;
      const info = await statIfExists(path);
      if (info?.isFile && ((info.mode ?? 0) & 0o111) !== 0) return path;
    }
    const dirs = this.settings.binDirs.map((dir) => `"${dir}"`).join(", ");
    throw failedPrecondition(`CNI plugin "${type}" is not in ${dirs}`);
  }

  /**
   * Runs a plugin and returns what it printed.
   * @throws FraktiError FailedPrecondition when it is missing, PluginError when it fails.
   */
  async call(call: PluginCall): Promise<string> {
    const path = await this.find(call.type);
    const lane = call.verb === "ADD" ? this.#adding : this.#other;
    const result = await lane.run(async () => {
      if (call.signal?.aborted) throw stopping(call);
      return await this.#execute(path, call);
    });
    const stderr = readable(result.stderr);
    if (stderr !== "") {
      this.deps.log.debug("CNI plugin wrote to stderr", {
        plugin: call.type,
        verb: call.verb,
        stderr,
      });
    }
    const what = `CNI plugin "${call.type}"`;
    if (result.timedOut) {
      throw new PluginError(
        "DeadlineExceeded",
        `${what} did not finish ${call.verb} in ${call.timeoutMs / 1000} s and was killed`,
        { mayLeaveTraces: true },
      );
    }
    if (result.code === null && call.signal?.aborted) throw stopping(call);
    if (result.code !== 0) throw failure(call, result, stderr);
    if (result.truncated && result.stdout.length >= maxOutputBytes) {
      throw new PluginError(
        "ResourceExhausted",
        `${what} answered ${call.verb} with more than ${maxOutputBytes} bytes`,
        { mayLeaveTraces: true },
      );
    }
    return new TextDecoder().decode(result.stdout);
  }

  async #execute(path: string, call: PluginCall): Promise<ProcessResult> {
    for (let tries = 0;; tries++) {
      try {
        return await this.deps.processes.run({
          command: path,
          env: this.#environment(call),
          stdin: JSON.stringify(call.stdin),
          timeoutMs: call.timeoutMs,
          maxOutputBytes,
          ...(call.signal === undefined ? {} : { signal: call.signal }),
        });
      } catch (error) {
        if (tries === busyRetries || !isBusy(error)) {
          throw new PluginError("Internal", `CNI plugin "${call.type}" did not start`, {
            cause: error,
          });
        }
        await this.deps.clock.sleep(busyRetryMs);
      }
    }
  }

  #environment(call: PluginCall): Record<string, string> {
    const inherited = Object.entries(this.settings.env).filter(([key]) => !key.startsWith("CNI_"));
    return {
      ...minimalEnv,
      ...Object.fromEntries(inherited),
      CNI_COMMAND: call.verb,
      CNI_PATH: this.settings.binDirs.join(":"),
      ...(call.container === undefined ? {} : {
        CNI_CONTAINERID: call.container.id,
        CNI_NETNS: call.container.netnsPath,
        CNI_IFNAME: call.container.ifName,
        CNI_ARGS: call.container.args,
      }),
    };
  }
}

function stopping(call: PluginCall): FraktiError {
  return unavailable(`CNI plugin "${call.type}" is left out of ${call.verb}: frakti is stopping`);
}

/** The error of a plugin that ended badly: its own words where it has any. */
function failure(call: PluginCall, result: ProcessResult, stderr: string): PluginError {
  const what = `CNI plugin "${call.type}" failed ${call.verb}`;
  // Parsed before it is cut: the code decides what becomes of the pod, however much was said to it.
  const said = errorOf(onOneLine(new TextDecoder().decode(result.stdout)));
  if (said !== undefined) {
    const details = said.details === "" ? "" : ` (${said.details})`;
    return new PluginError(
      meaning(said.code),
      `${what} with code ${said.code}: ${said.message}${details}`,
      { cniCode: said.code },
    );
  }
  const end = result.code === null
    ? `it was killed by ${result.signal ?? "a signal"}`
    : `it exited with status ${result.code}`;
  const words = [readable(result.stdout), stderr].filter((text) => text !== "").join("; ");
  return new PluginError(
    "Internal",
    `${what}: ${end} ${words === "" ? "and said nothing" : `and said: ${words}`}`,
    { mayLeaveTraces: result.code === null },
  );
}

function errorOf(
  stdout: string,
): { code: number; message: string; details: string } | undefined {
  let raw: JsonObject;
  try {
    raw = parseObject(stdout, "The output");
  } catch {
    return undefined; // Not the error form of the specification: shown as it is.
  }
  const code = raw["code"];
  const message = textOf(raw["msg"]);
  if (typeof code !== "number" || message === undefined) return undefined;
  return { code, message: shown(message), details: shown(textOf(raw["details"]) ?? "") };
}

/** The codes that the specification gives a meaning to (section 2, "Error"). */
function meaning(cniCode: number): ErrorCode {
  switch (cniCode) {
    case 1: // Incompatible version.
    case 2: // Unsupported field in the configuration.
    case 7: // Invalid configuration.
      return "FailedPrecondition";
    case 11: // Try again later.
    case 50: // The plugin is not available.
    case 51: // The same, and existing containers may have no network.
      return "Unavailable";
    default:
      return "Internal";
  }
}

/** ETXTBSY; Deno 2.9 gives spawn errors other than ENOENT no code, only this text. */
function isBusy(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause.message.includes("(os error 26)");
}

const maxReadableLength = 2048; // Enough for any message, little enough for a log line.

/** Output of a stranger for a person's eyes. */
function readable(bytes: Uint8Array): string {
  return shown(new TextDecoder().decode(bytes));
}

/** Words of a stranger for a person's eyes: one line, no control characters, not too long. */
function shown(text: string): string {
  const line = onOneLine(text);
  if (line.length <= maxReadableLength) return line;
  return `${line.slice(0, maxReadableLength).toWellFormed()}…`;
}

function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
}
