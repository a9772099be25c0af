/**
 * Running skopeo: what it is told, where its words go, and what its failures mean. Credentials go
 * in by file; the environment is empty but for PATH and the node's proxies, so that no other variable
 * of the node leads it elsewhere.
 */

import { type ErrorCode, FraktiError } from "../../../lib/errors.ts";
import type { ProcessResult, ProcessRunner } from "../../../lib/process.ts";

/** The files that a pull is configured with. */
export interface SkopeoFiles {
  /** containers-policy.json(5). */
  readonly policy: string;
  readonly registriesConf: string;
  readonly authFile: string;
  /** A directory with certificates of authorities; absent = those of the node. */
  readonly certDir?: string;
  /** Where it puts what does not fit into memory. */
  readonly tmpDir: string;
}

const manifestTimeoutMs = 60_000;

export class Skopeo {
  constructor(
    readonly processes: ProcessRunner,
    readonly files: SkopeoFiles,
    readonly proxies: Readonly<Record<string, string>> = {},
  ) {}

  /**
   * The manifest behind a reference, byte for byte as the registry has it.
   * @param source e.g. "docker://registry.test/app@sha256:…"
   */
  manifest(source: string, signal: AbortSignal): Promise<Uint8Array> {
    return this.#read(["inspect", "--raw", ...this.#sourceArgs("")], source, signal);
  }

  /** The image's configuration, byte for byte as the registry has it. */
  config(source: string, signal: AbortSignal): Promise<Uint8Array> {
    return this.#read(["inspect", "--config", "--raw", ...this.#sourceArgs("")], source, signal);
  }

  /** Copies an image; what is in the destination already is not fetched again. */
  async copy(
    source: string,
    destination: string,
    limits: {
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
      /** Further arguments of `skopeo copy`. */
      readonly more?: readonly string[];
    },
  ): Promise<void> {
    const { more = [] } = limits;
    const args = ["copy", "--quiet", ...this.#sourceArgs("src-"), ...more, source, destination];
    await this.#run(args, source, limits.timeoutMs, limits.signal);
  }

  #sourceArgs(prefix: "" | "src-"): readonly string[] {
    const { authFile, certDir } = this.files;
    return [
      "--authfile",
      authFile,
      ...(certDir === undefined ? [] : [`--${prefix}cert-dir`, certDir]),
    ];
  }

  async #read(
    args: readonly string[],
    source: string,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { stdout } = await this.#run([...args, source], source, manifestTimeoutMs, signal);
    return stdout;
  }

  async #run(
    args: readonly string[],
    source: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ProcessResult> {
    const { policy, registriesConf, tmpDir } = this.files;
    const result = await this.processes.run({
      command: "skopeo",
      args: [
        "--policy",
        policy,
        "--registries-conf",
        registriesConf,
        "--tmpdir",
        tmpDir,
        ...args,
      ],
      // HOME keeps it from files of whoever started frakti.
      env: {
        ...this.proxies,
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        HOME: tmpDir,
      },
      timeoutMs,
      maxOutputBytes: maxManifestBytes,
      signal,
    });
    if (signal.aborted) throw new FraktiError("Cancelled", "The work was given up");
    if (result.timedOut) {
      throw new FraktiError("DeadlineExceeded", `Registry gave nothing in ${timeoutMs} ms`);
    }
    if (result.code === 0 && !result.truncated) return result;
    if (result.code === 0) {
      throw new FraktiError("ResourceExhausted", `Manifest of "${source}" is too long`);
    }
    throw skopeoError(new TextDecoder().decode(result.stderr));
  }
}

/** The largest manifest that registries take is 4 MiB. */
const maxManifestBytes = 4 * 1024 * 1024;
const maxTextChars = 600;

/** The words of skopeo 1.9 and later by which failures are told apart. */
const meanings: readonly (readonly [RegExp, ErrorCode])[] = [
  [/manifest unknown|name unknown|not found|\b404\b/i, "NotFound"],
  [/unauthorized|authentication required|denied|\b40[13]\b/i, "Unknown"],
  [/no space left on device|disk quota exceeded/i, "ResourceExhausted"],
  [
    /connection refused|no such host|i\/o timeout|connection reset|network is unreachable|\b50[234]\b|EOF$/i,
    "Unavailable",
  ],
];

/** An image, its registry or a URL in the text: "not-found/app" and port 34045 mean nothing. */
const nameOrUrl = /(?<!\S)(?!i\/o\b)(?:\S*\/\S*|\S*:\d+\S*)/g;

/** The error for what skopeo printed when it failed. */
export function skopeoError(output: string): FraktiError {
  const text = lastMessage(output);
  const words = text.replaceAll(nameOrUrl, "");
  const code = meanings.find(([pattern]) => pattern.test(words))?.[1] ?? "Unknown";
  return new FraktiError(
    code,
    code === "Unavailable" ? "Registry does not answer" : "skopeo failed",
    {
      cause: new Error(text),
    },
  );
}

/** It logs in logfmt: what counts is the last line's msg. */
function lastMessage(output: string): string {
  const line = output.trim().split("\n").at(-1) ?? "";
  const quoted = /msg=("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
  let text = line;
  if (quoted !== undefined) {
    try {
      text = String(JSON.parse(quoted));
    } catch {
      text = quoted; // Its quoting is Go's, which JSON mostly reads.
    }
  }
  return text.slice(0, maxTextChars) || "It printed nothing";
}
