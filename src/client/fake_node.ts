/** A node and a terminal in memory, for the tests of the commands. */

import type { Container, ContainerStatus } from "../cri/generated/v1/container.ts";
import { Container as ContainerMessage } from "../cri/generated/v1/container.ts";
import { ContainerStatus as StatusMessage } from "../cri/generated/v1/container.ts";
import { Image } from "../cri/generated/v1/image.ts";
import { PodSandbox } from "../cri/generated/v1/sandbox.ts";
import { PodSandboxStatus } from "../cri/generated/v1/sandbox.ts";
import { notFound } from "../lib/errors.ts";
import { systemClock } from "../lib/clock.ts";
import type { NodeClient, PullOrder } from "./node_client.ts";
import type { ClientDeps, ClientRequest } from "./request.ts";
import type { Terminal } from "./terminal.ts";

/** Collects what is printed. */
export class FakeTerminal implements Terminal {
  isOutTerminal = false;
  isInTerminal = false;
  isErrTerminal = false;
  stdout = "";
  stderr = "";
  readonly #columns: number | undefined;

  constructor(columns?: number) {
    this.#columns = columns;
  }

  readonly out = (data: string | Uint8Array) => void (this.stdout += textOf(data));
  readonly err = (data: string | Uint8Array) => void (this.stderr += textOf(data));
  size() {
    return this.#columns === undefined ? undefined : { columns: this.#columns, rows: 25 };
  }
  onResize() {
    return () => {};
  }
  makeRaw() {
    return () => {};
  }
  read() {
    return Promise.resolve(undefined);
  }
}

function textOf(data: string | Uint8Array): string {
  return typeof data === "string" ? data : new TextDecoder().decode(data);
}

/** What is on the node; tests change it. */
export class FakeNode implements NodeClient {
  podList: PodSandbox[] = [];
  containerList: Container[] = [];
  imageList: Image[] = [];
  readonly logPaths = new Map<string, string>();
  readonly pulled: PullOrder[] = [];
  readonly stopped: string[] = [];
  readonly removed: string[] = [];
  engine = "qemu";
  apiVersion = "v1";

  addPod(name: string, overrides: Parameters<typeof PodSandbox.fromPartial>[0] = {}): PodSandbox {
    const pod = PodSandbox.fromPartial({
      id: `${this.podList.length}`.padStart(64, "a"),
      metadata: { name, namespace: "default", uid: `uid-${name}` },
      createdAt: 1n,
      ...overrides,
    });
    this.podList.push(pod);
    return pod;
  }

  addContainer(
    pod: PodSandbox,
    name: string,
    overrides: Parameters<typeof ContainerMessage.fromPartial>[0] = {},
  ): Container {
    const container = ContainerMessage.fromPartial({
      id: `${this.containerList.length}`.padStart(64, "c"),
      podSandboxId: pod.id,
      metadata: { name },
      image: { image: "sha256:abc", userSpecifiedImage: "registry.test/web:1" },
      state: 1,
      createdAt: BigInt(this.containerList.length + 1),
      ...overrides,
    });
    this.containerList.push(container);
    return container;
  }

  pods = () => Promise.resolve(this.podList);
  containers = () => Promise.resolve(this.containerList);
  images = () => Promise.resolve(this.imageList);

  podDetails(id: string) {
    const pod = this.podList.find((each) => each.id === id);
    if (pod === undefined) return Promise.reject(notFound(`Sandbox "${id}" is unknown`));
    const status = PodSandboxStatus.fromPartial({ id, network: { ip: "10.88.0.2" } });
    const details = { engine: this.engine, apiVersion: this.apiVersion };
    return Promise.resolve({ status, info: new Map([["info", JSON.stringify(details)]]) });
  }

  containerStatus(id: string): Promise<ContainerStatus> {
    const container = this.containerList.find((each) => each.id === id);
    if (container === undefined) return Promise.reject(notFound(`Container "${id}" is unknown`));
    const logPath = this.logPaths.get(id) ?? "";
    return Promise.resolve(StatusMessage.fromPartial({ id, state: container.state, logPath }));
  }

  image = (reference: string) => Promise.resolve(this.imageList.find(({ id }) => id === reference));
  imageBytes = () => Promise.resolve(0n);

  pull(order: PullOrder) {
    this.pulled.push(order);
    const image = Image.fromPartial({ id: "sha256:abcdef", size: 12_300_000n });
    this.imageList.push(image);
    return Promise.resolve(image.id);
  }

  exec = () => Promise.resolve("http://127.0.0.1:1/exec/token");

  stopPod(id: string) {
    if (id === this.stubborn) return Promise.reject(notFound("It does not want to"));
    this.stopped.push(id);
    return Promise.resolve();
  }

  removePod(id: string) {
    this.removed.push(id);
    return Promise.resolve();
  }

  /** The pod that cannot be stopped. */
  stubborn = "";
  close() {}
}

/** What the commands work with, for a test. */
export function fakeDeps(node: FakeNode, terminal = new FakeTerminal()): ClientDeps & {
  readonly terminal: FakeTerminal;
} {
  return { node, terminal, clock: { ...systemClock, nowNs: () => 3_600_000_000_000n } };
}

/** A request as the command line makes it. */
export function requestOf(
  command: string,
  words: readonly string[] = [],
  options: Readonly<Record<string, string>> = {},
): ClientRequest {
  return { command, words, options: new Map(Object.entries(options)) };
}
