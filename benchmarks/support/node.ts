/**
 * The node that is measured: a dockerd, a CNI network and a frakti of the benchmark's own, in the
 * private environment of the tests; and pods that are only there.
 */

import { connectCri, type CriClient, type Init } from "../../tests/support/cri_client.ts";
import {
  type Dockerd,
  type Frakti,
  makeDir,
  makeNetwork,
  pauseImage,
  removeDir,
  startDockerd,
  startFrakti,
} from "../../tests/support/mod.ts";
import type { ContainerConfig, PodSandboxConfig } from "../../src/cri/generated/v1/config.ts";
import { containerScript, type DrivenPod, type PodDriver, stopGraceSeconds } from "./life.ts";
import { showProgress } from "./report.ts";

/** What containers run; has a shell. */
const busybox = "registry.k8s.io/e2e-test-images/busybox:1.29-2";

type TestNetwork = Awaited<ReturnType<typeof makeNetwork>>;

export interface BenchNode extends AsyncDisposable {
  readonly dockerd: Dockerd;
  readonly network: TestNetwork;
  readonly frakti: Frakti;
  readonly cri: CriClient<"v1">;
  /** The id of an image in Docker. */
  readonly image: string;
  readonly logRoot: string;
}

/** Starts a node, with the images there; `config` as in the configuration file. */
export async function startBenchNode(
  config: Readonly<Record<string, unknown>> = {},
): Promise<BenchNode> {
  const dockerd = await startDockerd();
  const network = await makeNetwork();
  // At level debug, the tests' own, frakti would be measured writing it.
  const frakti = await startFrakti({
    dockerd,
    network,
    config: { log: { level: "info" }, ...config },
  });
  const cri = connectCri(frakti.socketPath, "v1");
  const logRoot = await makeDir("logs");
  const { imageRef: image } = await cri.image.pullImage({ image: { image: busybox } });
  await cri.image.pullImage({ image: { image: pauseImage } });
  return {
    ...{ dockerd, network, frakti, cri, image, logRoot },
    async [Symbol.asyncDispose]() {
      cri.close();
      await frakti.stop();
      await network.stop();
      await dockerd.stop();
      await removeDir(logRoot);
    },
  };
}

/** Pods through frakti, as a kubelet would. */
export function fraktiDriver(node: Pick<BenchNode, "cri" | "image" | "logRoot">): PodDriver {
  return { runPod: () => CriPod.run(node) };
}

/** A pod made over the CRI. */
export class CriPod implements DrivenPod {
  #container = "";

  private constructor(
    readonly node: Pick<BenchNode, "cri" | "image">,
    readonly id: string,
    readonly config: Init<PodSandboxConfig>,
  ) {}

  static async run(
    node: Pick<BenchNode, "cri" | "image" | "logRoot">,
    runtimeHandler = "",
  ): Promise<CriPod> {
    const uid = crypto.randomUUID();
    const config = {
      metadata: { name: "bench", uid, namespace: "bench", attempt: 0 },
      hostname: "bench",
      logDirectory: `${node.logRoot}/${uid}`,
      linux: { securityContext: { namespaceOptions: { pid: 1 } } },
    };
    const { podSandboxId } = await node.cri.runtime.runPodSandbox({ config, runtimeHandler });
    return new CriPod(node, podSandboxId, config);
  }

  /** The container's id; "" before there is one. */
  get container(): string {
    return this.#container;
  }

  async create(overrides: Init<ContainerConfig> = {}): Promise<void> {
    const { containerId } = await this.node.cri.runtime.createContainer({
      podSandboxId: this.id,
      config: {
        metadata: { name: "main", attempt: 0 },
        image: { image: this.node.image },
        command: ["/bin/sh", "-c", containerScript],
        logPath: "main.log",
        ...overrides,
      },
      sandboxConfig: this.config,
    });
    this.#container = containerId;
  }

  async start(): Promise<void> {
    await this.node.cri.runtime.startContainer({ containerId: this.#container });
  }

  async stop(): Promise<void> {
    await this.node.cri.runtime.stopContainer({
      containerId: this.#container,
      timeout: stopGraceSeconds,
    });
  }

  async removeContainer(): Promise<void> {
    await this.node.cri.runtime.removeContainer({ containerId: this.#container });
  }

  async stopPod(): Promise<void> {
    await this.node.cri.runtime.stopPodSandbox({ podSandboxId: this.id });
  }

  async removePod(): Promise<void> {
    await this.node.cri.runtime.removePodSandbox({ podSandboxId: this.id });
  }
}

/** Starts `count` pods that stay, each with `containers` running ones. */
export async function fillNode(
  node: BenchNode,
  count: number,
  containers: number,
): Promise<CriPod[]> {
  const pods: CriPod[] = [];
  let begun = 0;
  const worker = async () => {
    while (begun < count) {
      begun++;
      const pod = await CriPod.run(node);
      pods.push(pod);
      for (let index = 0; index < containers; index++) {
        const name = `main-${index}`;
        await pod.create({ metadata: { name, attempt: 0 }, logPath: `${name}.log` });
        await pod.start();
      }
      showProgress(`${pods.length} of ${count} pods`);
    }
  };
  await Promise.all(Array.from({ length: parallelStarts }, worker));
  return pods;
}

const parallelStarts = 8;

/** Ends pods that {@linkcode fillNode} started. */
export async function emptyNode(pods: readonly CriPod[]): Promise<void> {
  const left = [...pods];
  const worker = async () => {
    for (let pod = left.pop(); pod !== undefined; pod = left.pop()) {
      showProgress(`${left.length} pods left`);
      await pod.stopPod();
      await pod.removePod();
    }
  };
  await Promise.all(Array.from({ length: parallelStarts }, worker));
}
