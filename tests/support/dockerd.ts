/**
 * A Docker daemon of the test's own: own data, own socket, no bridge, its containers below the
 * environment's cgroup. It can be killed and started again on the same data.
 */

import { BackgroundProcess, type CommandOptions, run } from "./command.ts";
import { makeDir, removeDir, testEnvironment } from "./environment.ts";
import { runcEnvironment } from "./runc.ts";
import { waitFor } from "./wait.ts";

/** How the daemon is to be. Keys of `config` go into its daemon.json and win over ours. */
export interface DockerdOptions {
  /** Containers go on while the daemon is away. */
  readonly liveRestore?: boolean;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Record<string, string>;
}

const startTimeoutMs = 60_000;
const stopGraceMs = 30_000;

/** Starts a daemon and waits until it answers. */
export async function startDockerd(options: DockerdOptions = {}): Promise<Dockerd> {
  const dockerd = new Dockerd(await makeDir("dockerd"), options);
  await dockerd.start();
  return dockerd;
}

/** A running, killed or stopped daemon. */
export class Dockerd implements AsyncDisposable {
  readonly socketPath: string;
  readonly dataRoot: string;
  readonly #options: DockerdOptions;
  #process: BackgroundProcess | undefined;

  constructor(readonly dir: string, options: DockerdOptions) {
    this.socketPath = `${dir}/docker.sock`;
    this.dataRoot = `${dir}/data`;
    this.#options = options;
  }

  /** The address as DOCKER_HOST and frakti's `docker.endpoint` want it. */
  get endpoint(): string {
    return `unix://${this.socketPath}`;
  }

  get pid(): number {
    return this.#running().pid;
  }

  /** What the daemon has printed since it was first started, at most the last 64 KiB. */
  log(): Promise<string> {
    return this.#running().log();
  }

  /** Starts the daemon on its data, also after {@linkcode kill}. */
  async start(): Promise<void> {
    if (this.#process?.isRunning) throw new Error("The daemon is running already");
    const configPath = `${this.dir}/daemon.json`;
    await Deno.writeTextFile(configPath, JSON.stringify(this.#config()));
    await Deno.remove(`${this.dir}/docker.pid`).catch(ignoreMissing);
    this.#process = BackgroundProcess.start(
      "dockerd",
      ["--config-file", configPath],
      `${this.dir}/dockerd.log`,
      { env: { ...await runcEnvironment(this.dir), ...this.#options.env } },
    );
    await this.#process.waitUntil("dockerd answers", startTimeoutMs, () => this.isReady());
  }

  /** True when the daemon answers a ping. */
  async isReady(): Promise<boolean> {
    const args = ["-H", this.endpoint, "version", "-f", "{{.Server.Version}}"];
    const version = await run("docker", args).catch(() => "");
    return version !== "";
  }

  /** Ends the daemon as a crash would. Containers go on until it is started again. */
  async kill(): Promise<void> {
    await this.#running().kill();
  }

  /** Makes the daemon stand still, as on a node that is too busy, until it is killed. */
  freeze(): void {
    this.#running().signal("SIGSTOP");
  }

  /** Asks the daemon to end; without liveRestore its containers end too. */
  async shutDown(): Promise<void> {
    const running = this.#running();
    if (!await running.stop(stopGraceMs)) throw new Error("dockerd did not end when asked to");
  }

  /** Runs the docker command line against this daemon and resolves with its output. */
  docker(args: readonly string[], options?: CommandOptions): Promise<string> {
    return run("docker", ["-H", this.endpoint, ...args], options);
  }

  /** Removes every container, ends the daemon and removes its data. */
  async stop(): Promise<void> {
    if (this.#process?.isRunning !== true) await this.start();
    const ids = (await this.docker(["ps", "-aq"])).split("\n").filter((id) => id !== "");
    if (ids.length > 0) await this.docker(["rm", "-f", "-v", ...ids]);
    await this.shutDown();
    await waitFor("the shims of the daemon are gone", {}, async () => !await this.#hasProcesses());
    await removeDir(this.dir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #running(): BackgroundProcess {
    if (this.#process === undefined) throw new Error("The daemon was never started");
    return this.#process;
  }

  async #hasProcesses(): Promise<boolean> {
    for await (const { name } of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
      if (line.includes(`${this.dir}/`)) return true;
    }
    return false;
  }

  #config(): Record<string, unknown> {
    return {
      "data-root": this.dataRoot,
      "exec-root": `${this.dir}/exec`,
      "pidfile": `${this.dir}/docker.pid`,
      "hosts": [this.endpoint],
      "bridge": "none",
      "cgroup-parent": testEnvironment().cgroupParent,
      "exec-opts": ["native.cgroupdriver=cgroupfs"],
      "live-restore": this.#options.liveRestore ?? false,
      "shutdown-timeout": 5, // seconds; pause containers that ignore signals must not stall a test
      ...this.#options.config,
    };
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
