/**
 * Pods without frakti: the Docker calls and CNI plugin runs that a pod cannot be had without, made
 * directly, with the same request bodies. No records, no logs, no events, no recovery. This is the
 * reference that frakti's overhead is measured against.
 */

import { type DockerClient, dockerClient } from "../../src/engines/docker/client/mod.ts";
import {
  containerName,
  containerSpec,
  type DaemonFacts,
  sandboxName,
  sandboxSpec,
} from "../../src/engines/docker/mapping/mod.ts";
import type { SandboxConfig } from "../../src/engines/domain.ts";
import { containerId, imageId, sandboxId } from "../../src/engines/ids.ts";
import { type ProcessRunner, systemProcesses } from "../../src/lib/process.ts";
import { containerConfig, sandboxConfig } from "../../tests/support/configs.ts";
import { type Dockerd, pauseImage } from "../../tests/support/mod.ts";
import { DirectCni, type DirectPod } from "./direct_cni.ts";
import { containerScript, type DrivenPod, type PodDriver, stopGraceSeconds } from "./life.ts";
import type { BenchNode } from "./node.ts";

/** Another installation's mark than frakti's: what the driver makes is none of its business. */
const instanceId = "bench-direct";

const replayMaxSizeBytes = 20 * 1024 * 1024; // As frakti's default.
const toolTimeoutMs = 30_000;
const netnsDir = "/run/netns";

interface Surroundings {
  readonly client: DockerClient;
  readonly cni: DirectCni;
  readonly facts: DaemonFacts;
  readonly image: string;
  readonly processes: ProcessRunner;
}

/** Connects to the node's Docker; end it with `close`. */
export async function directDriver(node: BenchNode): Promise<PodDriver & { close(): void }> {
  const processes = systemProcesses;
  const { client, facts } = await connect(node.dockerd);
  const cni = await DirectCni.read(node.network.configPath, node.network.binDirs, processes);
  const surroundings = { client, cni, facts, image: node.image, processes };
  return {
    runPod: () => DirectPodRun.run(surroundings),
    close: () => client.close(),
  };
}

/** A client of the daemon and what it says of itself. */
export async function connect(
  dockerd: Pick<Dockerd, "socketPath">,
): Promise<{ readonly client: DockerClient; readonly facts: DaemonFacts }> {
  const client = dockerClient({ socketPath: dockerd.socketPath });
  const { apiVersion } = await client.connect();
  const facts = { apiVersion, info: await client.info(), instanceId, replayMaxSizeBytes };
  return { client, facts };
}

class DirectPodRun implements DrivenPod {
  #container = "";

  private constructor(
    readonly surroundings: Surroundings,
    readonly config: SandboxConfig,
    readonly pod: DirectPod,
    readonly result: unknown,
  ) {}

  static async run(surroundings: Surroundings): Promise<DirectPodRun> {
    const { client, cni, facts, processes } = surroundings;
    const uid = crypto.randomUUID();
    const config = sandboxConfig({
      metadata: { name: "direct", uid, namespace: "bench", attempt: 0 },
      hostname: "direct",
      logDirectory: `/tmp/${uid}`,
    });
    const body = await sandboxSpec(config, { ...facts, pauseImage });
    const { id } = await client.containers.create(sandboxName(config.metadata), body);
    await client.containers.start(id);
    const { state } = await client.containers.inspect(id);
    const netnsPath = `${netnsDir}/direct-${id.slice(0, 12)}`;
    await Deno.writeTextFile(netnsPath, "");
    await runTool(processes, "mount", ["--bind", `/proc/${state.pid}/ns/net`, netnsPath]);
    const pod = { containerId: id, netnsPath };
    return new DirectPodRun(surroundings, config, pod, await cni.add(pod));
  }

  async create(): Promise<void> {
    const { client, facts, image } = this.surroundings;
    const config = containerConfig(image, { command: ["/bin/sh", "-c", containerScript] });
    const body = await containerSpec(config, {
      ...facts,
      sandboxId: sandboxId(this.pod.containerId),
      sandboxConfig: this.config,
      imageId: imageId(image),
    });
    const name = containerName(this.config.metadata, config.metadata);
    this.#container = (await client.containers.create(name, body)).id;
  }

  async start(): Promise<void> {
    await this.surroundings.client.containers.start(containerId(this.#container));
  }

  async stop(): Promise<void> {
    await this.surroundings.client.containers.stop(this.#container, stopGraceSeconds * 1000);
  }

  async removeContainer(): Promise<void> {
    await this.surroundings.client.containers.remove(this.#container, { force: true });
  }

  async stopPod(): Promise<void> {
    await Promise.all([
      this.#leaveNetwork(),
      this.surroundings.client.containers.kill(this.pod.containerId, "SIGKILL"),
    ]);
  }

  async removePod(): Promise<void> {
    await this.surroundings.client.containers.remove(this.pod.containerId, { force: true });
  }

  async #leaveNetwork(): Promise<void> {
    const { cni, processes } = this.surroundings;
    await cni.del(this.pod, this.result);
    await runTool(processes, "umount", [this.pod.netnsPath]);
    await Deno.remove(this.pod.netnsPath);
  }
}

async function runTool(
  processes: ProcessRunner,
  command: string,
  args: readonly string[],
): Promise<void> {
  const { code, stderr } = await processes.run({ command, args, timeoutMs: toolTimeoutMs });
  if (code !== 0) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr)}`);
}
