/**
 * One node for the tests of a file: dockerd, a CNI network, frakti on top, and a client of the
 * current API; and the few requests that nearly every test begins with.
 */

import { connectCri, type CriClient, type Init } from "../support/cri_client.ts";
import {
  type Dockerd,
  type Frakti,
  makeNetwork,
  startDockerd,
  startFrakti,
  waitFor,
} from "../support/mod.ts";
import type { ContainerConfig, PodSandboxConfig } from "../../src/cri/generated/v1/config.ts";
import type { ContainerStatus } from "../../src/cri/generated/v1/container.ts";
import type { RuntimeCondition } from "../../src/cri/generated/v1/node.ts";
import type { PodSandboxStatus } from "../../src/cri/generated/v1/sandbox.ts";

export const busybox = "registry.k8s.io/e2e-test-images/busybox:1.29-2";

type TestNetwork = Awaited<ReturnType<typeof makeNetwork>>;

/** Everything that a test file shares. */
export interface TestNode extends AsyncDisposable {
  readonly dockerd: Dockerd;
  readonly network: TestNetwork;
  readonly frakti: Frakti;
  /** A client of the running frakti; another one after {@linkcode restartFrakti}. */
  readonly cri: CriClient<"v1">;
  /** Where pods of these tests keep their logs. */
  readonly logRoot: string;
  /** A client that knows nothing of a connection that broke. */
  reconnect(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** As much of a node as pods need; another runtime than frakti can be behind it. */
export type PodHost = Pick<TestNode, "cri" | "logRoot">;

export interface NodeOptions {
  readonly dockerd?: Parameters<typeof startDockerd>[0];
  readonly network?: Parameters<typeof makeNetwork>[0];
  readonly config?: NonNullable<Parameters<typeof startFrakti>[0]>["config"];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a node; end it with `await node[Symbol.asyncDispose]()`. */
export async function startNode(options: NodeOptions = {}): Promise<TestNode> {
  const dockerd = await startDockerd(options.dockerd ?? {});
  const network = await makeNetwork(options.network ?? {});
  const frakti = await startFrakti({
    dockerd,
    network,
    ...(options.config === undefined ? {} : { config: options.config }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  let cri = connectCri(frakti.socketPath, "v1");
  const logRoot = await Deno.makeTempDir({ prefix: "frakti-logs-" });
  return {
    dockerd,
    network,
    frakti,
    get cri() {
      return cri;
    },
    logRoot,
    reconnect() {
      cri.close();
      cri = connectCri(frakti.socketPath, "v1");
    },
    async [Symbol.asyncDispose]() {
      cri.close();
      await frakti.stop();
      await network.stop();
      await dockerd.stop();
      await Deno.remove(logRoot, { recursive: true });
    },
  };
}

/** Ends frakti as a crash would and starts it again; `config` changes settings. */
export async function restartFrakti(
  node: TestNode,
  config: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await node.frakti.kill();
  await node.frakti.start(config);
  node.reconnect();
}

/** A sandbox configuration with a fresh uid. */
export function podConfig(
  node: Pick<PodHost, "logRoot">,
  name: string,
  overrides: Init<PodSandboxConfig> = {},
): Init<PodSandboxConfig> {
  const uid = crypto.randomUUID();
  return {
    metadata: { name, uid, namespace: "tests", attempt: 0 },
    hostname: name,
    logDirectory: `${node.logRoot}/tests_${name}_${uid}`,
    ...overrides,
    linux: {
      securityContext: { namespaceOptions: { pid: 1 } },
      ...overrides.linux,
    },
  };
}

/** A container configuration that runs a shell script. */
export function shellContainer(
  name: string,
  script: string,
  overrides: Init<ContainerConfig> = {},
): Init<ContainerConfig> {
  return {
    metadata: { name, attempt: 0 },
    image: { image: busybox },
    command: ["/bin/sh", "-c", script],
    logPath: `${name}.log`,
    ...overrides,
  };
}

/** A running pod and what it was made from. */
export interface TestPod {
  readonly id: string;
  readonly config: Init<PodSandboxConfig>;
}

/** Runs a sandbox. */
export async function runPod(
  node: PodHost,
  name: string,
  overrides: Init<PodSandboxConfig> = {},
): Promise<TestPod> {
  const config = podConfig(node, name, overrides);
  const { podSandboxId } = await node.cri.runtime.runPodSandbox({ config });
  return { id: podSandboxId, config };
}

/** Creates a container; the image is pulled when it is not there. */
export async function createContainer(
  node: PodHost,
  pod: TestPod,
  config: Init<ContainerConfig>,
): Promise<string> {
  await pullIfAbsent(node, config.image?.image ?? busybox);
  const { containerId } = await node.cri.runtime.createContainer({
    podSandboxId: pod.id,
    config,
    sandboxConfig: pod.config,
  });
  return containerId;
}

/** Creates and starts a container. */
export async function startContainer(
  node: PodHost,
  pod: TestPod,
  config: Init<ContainerConfig>,
): Promise<string> {
  const containerId = await createContainer(node, pod, config);
  await node.cri.runtime.startContainer({ containerId });
  return containerId;
}

export async function pullIfAbsent(node: PodHost, image: string): Promise<string> {
  const present = (await node.cri.image.imageStatus({ image: { image } })).image;
  if (present !== undefined) return present.id;
  return (await node.cri.image.pullImage({ image: { image } })).imageRef;
}

/** The status of a container. */
export async function statusOf(node: PodHost, containerId: string): Promise<ContainerStatus> {
  const { status } = await node.cri.runtime.containerStatus({ containerId });
  if (status === undefined) throw new Error(`Container "${containerId}" has no status`);
  return status;
}

/** The status once the container has ended. */
export function exitOf(node: PodHost, containerId: string): Promise<ContainerStatus> {
  return waitFor(`the end of ${containerId}`, { timeoutMs: 60_000, intervalMs: 50 }, async () => {
    const status = await statusOf(node, containerId);
    return status.state === exited ? status : undefined;
  });
}

/** ContainerState of the wire. */
export const created = 0;
export const running = 1;
export const exited = 2;

/** PodSandboxState of the wire. */
export const ready = 0;
export const notReady = 1;

/** NamespaceMode of the wire. */
export const mode = { pod: 0, container: 1, node: 2, target: 3 } as const;

/** The status of a sandbox. */
export async function podStatusOf(node: TestNode, pod: TestPod): Promise<PodSandboxStatus> {
  const { status } = await node.cri.runtime.podSandboxStatus({ podSandboxId: pod.id });
  if (status === undefined) throw new Error(`Sandbox "${pod.id}" has no status`);
  return status;
}

/** The sandbox once it is not ready any more. */
export function podEndOf(node: TestNode, pod: TestPod): Promise<PodSandboxStatus> {
  return waitFor(`the end of pod ${pod.id}`, { timeoutMs: 60_000 }, async () => {
    const status = await podStatusOf(node, pod);
    return status.state === notReady ? status : undefined;
  });
}

/** A condition of the node's status. */
export async function conditionOf(node: TestNode, type: string): Promise<RuntimeCondition> {
  const { status } = await node.cri.runtime.status({});
  const found = status?.conditions.find((condition) => condition.type === type);
  if (found === undefined) throw new Error(`The node has no condition ${type}`);
  return found;
}

/** Waits until a condition of the node is true or false. */
export function conditionIs(node: TestNode, type: string, value: boolean) {
  return waitFor(`${type} is ${value}`, { timeoutMs: 60_000 }, async () => {
    const condition = await conditionOf(node, type);
    return condition.status === value ? condition : undefined;
  });
}

/** Stops and removes a pod with everything in it. */
export async function removePod(node: PodHost, pod: TestPod): Promise<void> {
  await node.cri.runtime.stopPodSandbox({ podSandboxId: pod.id });
  await node.cri.runtime.removePodSandbox({ podSandboxId: pod.id });
}

/** Runs a command in a container and returns its standard output without the last newline. */
export async function execText(
  node: PodHost,
  containerId: string,
  cmd: readonly string[],
): Promise<string> {
  const result = await node.cri.runtime.execSync({ containerId, cmd, timeout: 30 });
  if (result.exitCode !== 0) {
    throw new Error(`${cmd.join(" ")}: ${new TextDecoder().decode(result.stderr)}`);
  }
  return new TextDecoder().decode(result.stdout).trimEnd();
}

/** The log of a container as written, or "" when there is none yet. */
export async function readLog(pod: TestPod, name: string): Promise<string> {
  try {
    return await Deno.readTextFile(`${pod.config.logDirectory}/${name}.log`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/**
 * Creates and starts a container whose script says "ready" once its traps are set, and waits for that:
 * to a process 1 without a trap the kernel gives no signal but SIGKILL.
 */
export async function startReady(
  node: PodHost,
  pod: TestPod,
  config: Init<ContainerConfig>,
): Promise<string> {
  const id = await startContainer(node, pod, config);
  const name = config.metadata?.name ?? "";
  await waitFor(`${name} is ready`, {}, async () => (await readLog(pod, name)).includes("ready"));
  return id;
}

/** Kills a container and waits for its end. */
export async function stopNow(node: PodHost, containerId: string): Promise<void> {
  await node.cri.runtime.stopContainer({ containerId, timeout: 0 });
}

/** Whether this run speaks the oldest API of Docker: some fields are the engine's own there. */
export function isPinnedToOldApi(): boolean {
  return Deno.env.get("FRAKTI_TEST_DOCKER_API") !== undefined;
}
