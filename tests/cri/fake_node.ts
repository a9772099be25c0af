/**
 * A node for tests of the edge: it keeps what it is given, answers from it, and remembers every
 * call. What a test wants different it assigns: every verb is a field.
 */

import type {
  AttachSession,
  CgroupDriver,
  Container,
  ContainerBase,
  ExecSession,
  Image,
  ImageFsInfo,
  Sandbox,
} from "../../src/engines/domain.ts";
import { containerId, imageId, sandboxId } from "../../src/engines/ids.ts";
import { notFound } from "../../src/lib/errors.ts";
import { echoConnection } from "../support/memory_streams.ts";
import type { NodeApi, NodeEvent, NodeStatus } from "../../src/node/api.ts";

/** One call that reached the node. */
export interface NodeCall {
  readonly verb: keyof NodeApi;
  readonly args: readonly unknown[];
}

const fakeImageId = imageId(`sha256:${"ab".repeat(32)}`);

/** A ready sandbox in Docker; give what should differ. */
export function fakeSandbox(different: Partial<Sandbox> = {}): Sandbox {
  return {
    id: sandboxId("sandbox-1"),
    engine: "docker",
    metadata: { name: "pod", uid: "uid-1", namespace: "default", attempt: 0 },
    state: "ready",
    createdAtNs: 1_700_000_000_000_000_001n,
    labels: {},
    annotations: {},
    handler: "",
    namespaces: { network: "pod", pid: "container", ipc: "pod", targetId: "" },
    ips: ["10.88.0.2"],
    api: "v1",
    routingReason: "ordinary pod",
    ...different,
  };
}

const containerBase: ContainerBase = {
  id: containerId("container-1"),
  sandboxId: sandboxId("sandbox-1"),
  engine: "docker",
  metadata: { name: "main", attempt: 0 },
  image: { image: "busybox", annotations: {}, userSpecifiedImage: "busybox", runtimeHandler: "" },
  imageId: fakeImageId,
  createdAtNs: 1_700_000_000_000_000_002n,
  labels: {},
  annotations: {},
  mounts: [],
  logPath: "/var/log/pods/main/0.log",
  resources: {
    cpuPeriod: 100_000n,
    cpuQuota: 50_000n,
    cpuShares: 512n,
    memoryLimitBytes: 64n * 1024n * 1024n,
    oomScoreAdj: 0n,
    cpusetCpus: "",
    cpusetMems: "",
    hugepageLimits: [],
    unified: {},
    memorySwapLimitBytes: 0n,
  },
  stopSignal: "",
  tty: false,
  stdin: false,
  stdinOnce: false,
};

/** A running container; give what should differ. */
export function fakeContainer(different: Partial<ContainerBase> = {}): Container {
  return {
    ...containerBase,
    ...different,
    state: "running",
    startedAtNs: 1_700_000_000_000_000_003n,
  };
}

/** A container that ended with `exitCode`. */
export function fakeExited(exitCode: number, different: Partial<ContainerBase> = {}): Container {
  return {
    ...containerBase,
    ...different,
    state: "exited",
    startedAtNs: 1_700_000_000_000_000_003n,
    finishedAtNs: 1_700_000_000_000_000_004n,
    exitCode,
    reason: exitCode === 0 ? "Completed" : "Error",
    message: "",
  };
}

/** A container that was never started. */
export function fakeCreated(different: Partial<ContainerBase> = {}): Container {
  return { ...containerBase, ...different, state: "created" };
}

/** An image; give what should differ. */
export function fakeImage(different: Partial<Image> = {}): Image {
  return {
    id: fakeImageId,
    repoTags: ["docker.io/library/busybox:latest"],
    repoDigests: [],
    sizeBytes: 2_000_000n,
    username: "",
    pinned: false,
    annotations: {},
    ...different,
  };
}

/** A process that has already ended and said `stdout` and `stderr`. */
export function fakeSession(stdout: Uint8Array, stderr: Uint8Array, exitCode = 0): ExecSession {
  return {
    stdout: streamOf(stdout),
    stderr: streamOf(stderr),
    exit: Promise.resolve(exitCode),
    resize: () => Promise.resolve(),
    kill: () => Promise.resolve(),
  };
}

/** A look into a process that says `stdout` and `stderr` and has ended by then. */
export function fakeAttachment(stdout: Uint8Array, stderr: Uint8Array): AttachSession {
  return {
    stdout: streamOf(stdout),
    stderr: streamOf(stderr),
    resize: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

const defaultStatus: NodeStatus = {
  conditions: [
    { type: "RuntimeReady", status: true, reason: "", message: "" },
    { type: "NetworkReady", status: false, reason: "NetworkPluginNotReady", message: "no CNI" },
  ],
  handlers: [{
    name: "",
    features: {
      recursiveReadOnlyMounts: true,
      userNamespaces: false,
      supplementalGroupsPolicy: false,
    },
  }],
  supplementalGroupsPolicy: false,
  info: { config: { listen: "/run/frakti.sock" } },
};

const defaultFsInfo: ImageFsInfo = {
  imageFilesystems: [{
    timestampNs: 1_700_000_000_000_000_000n,
    mountpoint: "/var/lib/docker",
    usedBytes: 5n,
    inodesUsed: 6n,
  }],
  containerFilesystems: [],
};

/** See the module's comment. */
export class FakeNode implements NodeApi {
  readonly calls: NodeCall[] = [];
  readonly sandboxMap = new Map<string, Sandbox>();
  readonly containerMap = new Map<string, Container>();
  readonly imageList: Image[] = [];

  constructor(things: {
    readonly sandboxes?: readonly Sandbox[];
    readonly containers?: readonly Container[];
    readonly images?: readonly Image[];
  } = {}) {
    for (const sandbox of things.sandboxes ?? []) this.sandboxMap.set(sandbox.id, sandbox);
    for (const container of things.containers ?? []) this.containerMap.set(container.id, container);
    this.imageList.push(...things.images ?? []);
  }

  /** The arguments of every call of a verb. */
  callsOf(verb: keyof NodeApi): readonly (readonly unknown[])[] {
    return this.calls.filter((call) => call.verb === verb).map((call) => call.args);
  }

  #note(verb: keyof NodeApi, ...args: unknown[]): void {
    this.calls.push({ verb, args });
  }

  runSandbox: NodeApi["runSandbox"] = (request) => {
    this.#note("runSandbox", request);
    const { name, uid } = request.config.metadata;
    const id = sandboxId(`${name}-${uid}`);
    this.sandboxMap.set(
      id,
      fakeSandbox({
        id,
        metadata: request.config.metadata,
        labels: request.config.labels,
        annotations: request.config.annotations,
        handler: request.handler,
        namespaces: request.config.security.namespaces,
        api: request.api,
      }),
    );
    return Promise.resolve(id);
  };
  stopSandbox: NodeApi["stopSandbox"] = (id) => {
    this.#note("stopSandbox", id);
    return Promise.resolve();
  };
  removeSandbox: NodeApi["removeSandbox"] = (id) => {
    this.#note("removeSandbox", id);
    this.sandboxMap.delete(id);
    return Promise.resolve();
  };
  sandbox: NodeApi["sandbox"] = (id) => {
    const sandbox = this.sandboxMap.get(id);
    if (sandbox === undefined) throw notFound(`Sandbox "${id}" is unknown`);
    return sandbox;
  };
  sandboxes: NodeApi["sandboxes"] = (filter) => {
    this.#note("sandboxes", filter);
    return [...this.sandboxMap.values()].filter((sandbox) =>
      (filter?.id ?? sandbox.id) === sandbox.id &&
      (filter?.state ?? sandbox.state) === sandbox.state
    );
  };
  sandboxInfo: NodeApi["sandboxInfo"] = () => Promise.resolve({ pid: 42 });
  updateSandboxResources: NodeApi["updateSandboxResources"] = (id, resources) => {
    this.#note("updateSandboxResources", id, resources);
    return Promise.resolve();
  };
  dial: NodeApi["dial"] = (id, port) => {
    this.#note("dial", id, port);
    this.sandbox(id);
    return Promise.resolve(echoConnection());
  };

  createContainer: NodeApi["createContainer"] = (request) => {
    this.#note("createContainer", request);
    const { config } = request;
    const id = containerId(`${request.sandboxId}-${config.metadata.name}`);
    this.containerMap.set(
      id,
      fakeCreated({
        id,
        sandboxId: request.sandboxId,
        metadata: config.metadata,
        image: config.image,
        labels: config.labels,
        annotations: config.annotations,
        mounts: config.mounts,
        resources: config.resources,
        stopSignal: config.stopSignal,
      }),
    );
    return Promise.resolve(id);
  };
  startContainer: NodeApi["startContainer"] = (id) => {
    this.#note("startContainer", id);
    return Promise.resolve();
  };
  stopContainer: NodeApi["stopContainer"] = (id, graceMs) => {
    this.#note("stopContainer", id, graceMs);
    return Promise.resolve();
  };
  removeContainer: NodeApi["removeContainer"] = (id) => {
    this.#note("removeContainer", id);
    this.containerMap.delete(id);
    return Promise.resolve();
  };
  container: NodeApi["container"] = (id) => {
    const container = this.containerMap.get(id);
    if (container === undefined) throw notFound(`Container "${id}" is unknown`);
    return container;
  };
  containers: NodeApi["containers"] = (filter) => {
    this.#note("containers", filter);
    return [...this.containerMap.values()].filter((container) =>
      (filter?.id ?? container.id) === container.id &&
      (filter?.sandboxId ?? container.sandboxId) === container.sandboxId &&
      (filter?.state ?? container.state) === container.state
    );
  };
  containerInfo: NodeApi["containerInfo"] = () => Promise.resolve({ pid: 43, runtimeSpec: {} });
  updateContainerResources: NodeApi["updateContainerResources"] = (id, resources) => {
    this.#note("updateContainerResources", id, resources);
    return Promise.resolve();
  };
  reopenContainerLog: NodeApi["reopenContainerLog"] = (id) => {
    this.#note("reopenContainerLog", id);
    this.container(id);
    return Promise.resolve();
  };
  exec: NodeApi["exec"] = (id, request) => {
    this.#note("exec", id, request);
    this.container(id);
    return Promise.resolve(fakeSession(new TextEncoder().encode("hello\n"), new Uint8Array()));
  };
  attach: NodeApi["attach"] = (id, request) => {
    this.#note("attach", id, request);
    this.container(id);
    return Promise.resolve(fakeAttachment(new TextEncoder().encode("hello\n"), new Uint8Array()));
  };

  listImages: NodeApi["listImages"] = (reference) => {
    this.#note("listImages", reference);
    return Promise.resolve(this.imageList);
  };
  image: NodeApi["image"] = (spec) => {
    this.#note("image", spec);
    return Promise.resolve(this.imageList.find((image) => image.id === spec.image));
  };
  pullImage: NodeApi["pullImage"] = (...args) => {
    this.#note("pullImage", ...args);
    return Promise.resolve(fakeImageId);
  };
  removeImage: NodeApi["removeImage"] = (spec) => {
    this.#note("removeImage", spec);
    return Promise.resolve();
  };
  imageFsInfo: NodeApi["imageFsInfo"] = () => Promise.resolve(defaultFsInfo);

  containerStats: NodeApi["containerStats"] = (filter) => {
    this.#note("containerStats", filter);
    return Promise.resolve(
      this.containers(filter).filter((container) => container.state === "running")
        .map((container) => ({ container, cpu: { timestampNs: 7n, usageNs: 8n } })),
    );
  };
  sandboxStats: NodeApi["sandboxStats"] = (filter) => {
    this.#note("sandboxStats", filter);
    return Promise.resolve(
      this.sandboxes(filter).filter((sandbox) => sandbox.state === "ready")
        .map((sandbox) => ({ sandbox, containers: [], processCount: 3n })),
    );
  };
  metricDescriptors: NodeApi["metricDescriptors"] = () => [
    { name: "container_processes", help: "Processes of the pod", labelKeys: ["namespace", "pod"] },
  ];
  sandboxMetrics: NodeApi["sandboxMetrics"] = () =>
    Promise.resolve([...this.sandboxMap.values()].map(({ id }) => ({
      sandboxId: id,
      samples: [{
        name: "container_processes",
        timestampNs: 9n,
        type: "gauge" as const,
        labelValues: ["default", "pod"],
        value: 3n,
      }],
      containers: [],
    })));

  /** Open event streams; `emit` reaches them all. */
  readonly #listeners = new Set<(event: NodeEvent) => void>();
  get eventReaders(): number {
    return this.#listeners.size;
  }
  emit(event: NodeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
  events: NodeApi["events"] = (signal) => this.#events(signal);
  async *#events(signal: AbortSignal): AsyncGenerator<NodeEvent> {
    const queue: NodeEvent[] = [];
    let wake = () => {};
    const listener = (event: NodeEvent) => {
      queue.push(event);
      wake();
    };
    const onAbort = () => wake();
    this.#listeners.add(listener);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const event = queue.shift();
        if (event !== undefined) yield event;
        else await new Promise<void>((resolve) => wake = resolve);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#listeners.delete(listener);
    }
  }

  status: NodeApi["status"] = () => defaultStatus;
  driver: CgroupDriver = "cgroupfs";
  cgroupDriver: NodeApi["cgroupDriver"] = () => this.driver;
  setPodCidr: NodeApi["setPodCidr"] = (cidr) => {
    this.#note("setPodCidr", cidr);
  };
}
