/**
 * A frakti of the test's own, as a process: own socket, own directories, killed or stopped like a
 * user would. `FRAKTI_BIN` names the built file to test; else main.ts runs from source.
 */

import { BackgroundProcess, run } from "./command.ts";
import { makeDir, removeDir } from "./environment.ts";
import type { Dockerd } from "./dockerd.ts";
import type { TestNetwork } from "./cni.ts";

/** What frakti is to work with. */
export interface FraktiOptions {
  readonly dockerd?: Pick<Dockerd, "endpoint">;
  readonly network?: Pick<TestNetwork, "confDir" | "binDirs" | "cacheDir">;
  /** Settings that win over ours, section by section, as in the configuration file. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
}

/** The pause image that the environment's registry serves for sandboxes. */
export const pauseImage = "registry.k8s.io/pause:3.10";

const top = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const startTimeoutMs = 60_000; // The built file unpacks itself at its first start.
const stopGraceMs = 30_000;
const answerTimeoutMs = 2_000;

/** Starts frakti and waits until its socket accepts connections. */
export async function startFrakti(options: FraktiOptions = {}): Promise<Frakti> {
  const frakti = new Frakti(await makeDir("frakti"), options);
  await frakti.start();
  return frakti;
}

/** A running, killed or stopped frakti. */
export class Frakti implements AsyncDisposable {
  readonly socketPath: string;
  readonly rootDirectory: string;
  readonly stateDirectory: string;
  readonly configPath: string;
  /** Everything it has printed since the first start. */
  readonly logPath: string;
  readonly #options: FraktiOptions;
  #process: BackgroundProcess | undefined;

  constructor(readonly dir: string, options: FraktiOptions) {
    this.socketPath = `${dir}/frakti.sock`;
    this.rootDirectory = `${dir}/root`;
    this.stateDirectory = `${dir}/state`;
    this.configPath = `${dir}/config.yaml`;
    this.logPath = `${dir}/frakti.log`;
    this.#options = options;
  }

  /** The address as crictl, critest and a kubelet want it. */
  get endpoint(): string {
    return `unix://${this.socketPath}`;
  }

  get pid(): number {
    return this.#started().pid;
  }

  get isRunning(): boolean {
    return this.#process?.isRunning ?? false;
  }

  /** What it has logged, at most the last 64 KiB. */
  log(): Promise<string> {
    return this.#started().log();
  }

  /** Starts it on its directories, also after {@linkcode kill}; `config` changes settings. */
  async start(config: Readonly<Record<string, unknown>> = {}): Promise<void> {
    if (this.isRunning) throw new Error("frakti is running already");
    const settings = merge(merge(this.#config(), this.#options.config ?? {}), config);
    await Deno.writeTextFile(this.configPath, JSON.stringify(settings, null, 2)); // JSON is YAML.
    const [command, ...args] = fraktiCommand();
    this.#process = BackgroundProcess.start(
      command,
      [...args, "serve", "--config", this.configPath, ...(this.#options.args ?? [])],
      this.logPath,
      { cwd: top, env: { ...pinnedDockerApi(), ...this.#options.env } },
    );
    await this.#process.waitUntil("frakti listens", startTimeoutMs, () => this.#listens());
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#started().kill();
  }

  /** Sends SIGTERM and waits for the end; throws when it does not come or the exit code is not 0. */
  async shutDown(): Promise<void> {
    const running = this.#started();
    const left = await running.stop(stopGraceMs);
    if (!left) throw new Error(`frakti did not end when asked to:\n${await this.log()}`);
    const { code } = await running.status;
    if (code !== 0) {
      throw new Error(`frakti exited ${code} when asked to end:\n${await this.log()}`);
    }
  }

  /** Ends it and removes its directories. Pods are left to the engine's own clean-up. */
  async stop(): Promise<void> {
    if (this.isRunning) await this.shutDown();
    await removeDir(this.dir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #started(): BackgroundProcess {
    if (this.#process === undefined) throw new Error("frakti was never started");
    return this.#process;
  }

  async #listens(): Promise<boolean> {
    try {
      using connection = await Deno.connect({ transport: "unix", path: this.socketPath });
      // The socket of a killed frakti still accepts while a plugin that it ran holds it open.
      await connection.write(http2Hello);
      return await withTimeout(connection.read(new Uint8Array(1)), answerTimeoutMs) === 1;
    } catch (error) {
      const isEarly = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.ConnectionRefused ||
        error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe;
      if (isEarly) return false;
      throw error;
    }
  }

  #config(): Record<string, unknown> {
    const { dockerd, network } = this.#options;
    return {
      listen: this.socketPath,
      rootDirectory: this.rootDirectory,
      stateDirectory: this.stateDirectory,
      hypervisor: { engine: "none" },
      docker: dockerd === undefined
        ? { enabled: true, endpoint: `${this.dir}/no-docker.sock` } // Down, as on a degraded node.
        : { enabled: true, endpoint: dockerd.endpoint, pauseImage },
      cni: {
        confDir: network?.confDir ?? `${this.dir}/no-network`,
        binDirs: network?.binDirs ?? [],
        cacheDir: network?.cacheDir ?? `${this.dir}/cni-cache`,
      },
      streaming: { port: 0 },
      log: { level: "debug" },
    };
  }
}

/** The client's preface of HTTP/2 and an empty SETTINGS frame; a server answers with its own. */
const http2Hello = new TextEncoder().encode(
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
);

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) =>
    timer = setTimeout(() => resolve(undefined), timeoutMs)
  );
  work.catch(() => {}); // Too late, it fails when the connection is closed.
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** The variable that pins Docker's API, as the docker command line knows it, when the run asks. */
function pinnedDockerApi(): Record<string, string> {
  const version = Deno.env.get("FRAKTI_TEST_DOCKER_API");
  return version === undefined ? {} : { DOCKER_API_VERSION: version };
}

/** The command that starts frakti: the built file, or Deno on the source. */
export function fraktiCommand(): [string, ...string[]] {
  const built = Deno.env.get("FRAKTI_BIN");
  if (built !== undefined && built !== "") return [built];
  return [Deno.execPath(), "run", "--quiet", "--allow-all", "--cached-only", `${top}/main.ts`];
}

/** Runs a frakti command other than `serve` to its end and resolves with its output. */
export function runFrakti(args: readonly string[]): Promise<string> {
  const [command, ...before] = fraktiCommand();
  return run(command, [...before, ...args], { cwd: top });
}

function merge(
  below: Readonly<Record<string, unknown>>,
  above: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = merged[key];
    merged[key] = isSection(old) && isSection(value) ? merge(old, value) : value;
  }
  return merged;
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
