/** One pod of the demonstration: what a kubelet sends to run it, look into it and take it down. */

import { connectCri } from "../../tests/support/cri_client.ts";
import { NamespaceMode } from "../../src/cri/generated/v1/config.ts";

/** A client of frakti's socket. */
export type DemoClient = ReturnType<typeof openClient>;

/** What a pod is to be. */
export interface PodOptions {
  readonly name: string;
  /** The Kubernetes namespace; "default" unless given. */
  readonly namespace?: string;
  readonly image: string;
  /** Where the containers' logs go; the kubelet chooses a directory below /var/log/pods. */
  readonly logDirectory: string;
  /** A privileged pod shares the node's kernel, so frakti runs it in Docker. */
  readonly privileged?: boolean;
  readonly port?: { readonly containerPort: number; readonly hostPort: number };
}

const stopGraceSeconds = 2n;
const execTimeoutSeconds = 30n;

/** Connects to the socket at `path`. */
export function openClient(path: string) {
  return connectCri(path, "v1");
}

/** A pod; its image is pulled, its sandbox made and its containers started when asked. */
export class DemoPod {
  readonly name: string;
  readonly logDirectory: string;
  readonly #cri: DemoClient;
  readonly #image: { readonly image: string };
  readonly #config;
  readonly #linux;
  #sandboxId = "";
  readonly #containers = new Map<string, string>();

  constructor(cri: DemoClient, options: PodOptions) {
    const { name, namespace = "default", privileged = false, port } = options;
    this.name = name;
    this.logDirectory = options.logDirectory;
    this.#cri = cri;
    this.#image = { image: options.image };
    this.#linux = {
      // What a kubelet sends for a pod that does not share its process namespace.
      securityContext: { namespaceOptions: { pid: NamespaceMode.CONTAINER }, privileged },
    };
    this.#config = {
      metadata: { name, namespace, uid: crypto.randomUUID(), attempt: 0 },
      hostname: name,
      logDirectory: options.logDirectory,
      labels: { app: name },
      portMappings: port === undefined ? [] : [port],
      linux: this.#linux,
    };
  }

  /** Names of the containers that were started. */
  get containers(): string[] {
    return [...this.#containers.keys()];
  }

  /** Pulls the image into the store of the engine that will run the pod. */
  async pull(): Promise<void> {
    await this.#cri.image.pullImage({ image: this.#image, sandboxConfig: this.#config });
  }

  /** Makes the sandbox; in a VM this is the boot. */
  async run(): Promise<void> {
    const { podSandboxId } = await this.#cri.runtime.runPodSandbox({ config: this.#config });
    this.#sandboxId = podSandboxId;
  }

  /** The sandbox's address. */
  async address(): Promise<string> {
    const { status } = await this.#cri.runtime.podSandboxStatus({ podSandboxId: this.#sandboxId });
    return status?.network?.ip ?? "";
  }

  /** Creates and starts a container that runs a shell script. */
  async start(name: string, script: string): Promise<void> {
    const { containerId } = await this.#cri.runtime.createContainer({
      podSandboxId: this.#sandboxId,
      config: {
        metadata: { name, attempt: 0 },
        image: this.#image,
        command: ["sh", "-c", script],
        logPath: `${name}.log`,
        linux: this.#linux,
      },
      sandboxConfig: this.#config,
    });
    this.#containers.set(name, containerId);
    await this.#cri.runtime.startContainer({ containerId });
  }

  /** What a command in a container printed. Throws when it fails. */
  async exec(container: string, command: string): Promise<string> {
    const answer = await this.#cri.runtime.execSync({
      containerId: this.#id(container),
      cmd: ["sh", "-c", command],
      timeout: execTimeoutSeconds,
    });
    const [stdout, stderr] = [answer.stdout, answer.stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    if (answer.exitCode === 0) return stdout ?? "";
    throw new Error(`"${command}" in pod ${this.name} exited ${answer.exitCode}: ${stderr}`);
  }

  /** Stops and removes a container. */
  async removeContainer(name: string): Promise<void> {
    const containerId = this.#id(name);
    await this.#cri.runtime.stopContainer({ containerId, timeout: stopGraceSeconds });
    await this.#cri.runtime.removeContainer({ containerId });
    this.#containers.delete(name);
  }

  /** Stops and removes the sandbox. */
  async removeSandbox(): Promise<void> {
    await this.#cri.runtime.stopPodSandbox({ podSandboxId: this.#sandboxId });
    await this.#cri.runtime.removePodSandbox({ podSandboxId: this.#sandboxId });
  }

  #id(container: string): string {
    const id = this.#containers.get(container);
    if (id === undefined) throw new Error(`Pod ${this.name} has no container ${container}`);
    return id;
  }
}
