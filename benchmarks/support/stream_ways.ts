/**
 * The ways to run a command in a container, and to move bytes out of and into a pod, that the
 * benchmark of streaming compares.
 */

import type { DockerClient } from "../../src/engines/docker/client/mod.ts";
import type { PodHost, TestPod } from "../../tests/docker/support.ts";
import { connect } from "../../tests/streaming/client/mod.ts";
import { forwardTransports } from "../../tests/streaming/forward_transports.ts";
import { mainTransports, openScript } from "../../tests/streaming/support.ts";
import { execDirectly } from "./direct_exec.ts";
import { freePort, listens } from "../../tests/support/ports.ts";
import { type Dockerd, type Frakti, run, toolDir, waitFor } from "../../tests/support/mod.ts";

/** One way to do what is measured. */
export interface Way {
  readonly name: string;
  run(): Promise<void>;
}

/** Where it is done. */
export interface Place {
  readonly node: PodHost & { readonly dockerd: Dockerd; readonly frakti: Frakti };
  readonly pod: TestPod;
  readonly containerId: string;
  /** A container of containerd's own CRI: what crictl takes there. */
  readonly reference: { readonly endpoint: string; readonly containerId: string };
  /** Docker's API, without frakti. */
  readonly client: DockerClient;
  /** How much is moved: a multiple of {@linkcode blockBytes}. */
  readonly bytes: number;
}

/** Listeners of the pod, on all its addresses. */
export const ports = { source: 2001, sink: 2002 } as const;

const commandTimeoutMs = 10 * 60_000;

function crictlOf(endpoint: string): string {
  return `${toolDir}/crictl --config /dev/null --runtime-endpoint ${endpoint}`;
}

function crictl({ node }: Place): string {
  return crictlOf(node.frakti.endpoint);
}

/** `crictl exec` with containerd, up to the command. */
function referenceExec({ reference }: Place, options = ""): string {
  return `${crictlOf(reference.endpoint)} exec${options} ${reference.containerId}`;
}

function docker({ node }: Place): string {
  return `docker -H ${node.dockerd.endpoint}`;
}

/** Output goes through a pipe, as it would to whatever uses it. */
function shell(name: string, line: string): Way {
  return {
    name,
    run: async () => {
      await run("bash", ["-c", `set -o pipefail; ${line}`], { timeoutMs: commandTimeoutMs });
    },
  };
}

/** Start to exit of `true`; and what the clients take for themselves, asking for a version. */
export function roundTrips(place: Place): Way[] {
  const { node, containerId, client } = place;
  return [
    shell("docker version", `${docker(place)} version`),
    shell("crictl version", `${crictl(place)} version`),
    {
      name: "Docker's API, our client",
      run: () => execDirectly(client, containerId, { command: ["/bin/true"] }),
    },
    shell("docker exec", `${docker(place)} exec ${containerId} true`),
    shell("crictl exec", `${crictl(place)} exec ${containerId} true`),
    shell("crictl exec, containerd", `${referenceExec(place)} true`),
    shell(
      "crictl exec by WebSocket",
      `${crictl(place)} exec --transport websocket ${containerId} true`,
    ),
    ...mainTransports.map((transport): Way => ({
      name: `${transport.name}, our client`,
      run: async () => {
        const session = await openScript(node, transport, containerId, "true");
        await session.closed;
      },
    })),
  ];
}

/** Busybox reads and writes what it counts or cuts off in small pieces, which takes a processor. */
export const blockBytes = 64_000;

/** Out of a process. */
export function execSources(place: Place): Way[] {
  const { node, containerId, bytes, client } = place;
  const script = `dd if=/dev/zero bs=${blockBytes} count=${bytes / blockBytes} 2>/dev/null`;
  const command = `sh -c '${script}'`;
  const counted = `| { [ "$(wc -c)" = ${bytes} ]; }`;
  return [
    {
      name: "Docker's API, our client",
      run: () => {
        const exec = { command: ["sh", "-c", script], outputBytes: bytes };
        return execDirectly(client, containerId, exec);
      },
    },
    shell("docker exec", `${docker(place)} exec ${containerId} ${command} ${counted}`),
    shell("crictl exec", `${crictl(place)} exec ${containerId} ${command} ${counted}`),
    shell("crictl exec, containerd", `${referenceExec(place)} ${command} ${counted}`),
    shell(
      "crictl exec by WebSocket",
      `${crictl(place)} exec --transport websocket ${containerId} ${command} ${counted}`,
    ),
    ...mainTransports.map((transport): Way => ({
      name: `${transport.name}, our client`,
      run: async () => {
        const session = await openScript(node, transport, containerId, script);
        await expectBytes(session.stdout, bytes);
        await session.closed;
      },
    })),
  ];
}

/** Into a process. */
export function execSinks(place: Place): Way[] {
  const { node, containerId, bytes, client } = place;
  const source = `head -c ${bytes} /dev/zero |`;
  const script = `dd of=/dev/null bs=${blockBytes} 2>&1 | grep -q "^${bytes} bytes "`;
  const sink = `sh -c '${script}'`;
  return [
    {
      name: "Docker's API, our client",
      run: () => {
        const exec = { command: ["sh", "-c", script], input: blocks(bytes) };
        return execDirectly(client, containerId, exec);
      },
    },
    shell("docker exec -i", `${source} ${docker(place)} exec -i ${containerId} ${sink}`),
    shell("crictl exec -i", `${source} ${crictl(place)} exec -i ${containerId} ${sink}`),
    shell("crictl exec -i, containerd", `${source} ${referenceExec(place, " -i")} ${sink}`),
    shell(
      "crictl exec -i by WebSocket",
      `${source} ${crictl(place)} exec -i --transport websocket ${containerId} ${sink}`,
    ),
    ...mainTransports.map((transport): Way => ({
      name: `${transport.name}, our client`,
      run: async () => {
        const selection = { stdin: true, stdout: true, stderr: true };
        const session = await openScript(node, transport, containerId, script, selection);
        for (const chunk of blocks(bytes)) await session.writeStdin(chunk);
        await session.endStdin();
        const status = await session.error.text();
        if (!status.includes('"Success"')) throw new Error(`Bytes are missing: ${status}`);
        await session.closed;
      },
    })),
  ];
}

function* blocks(bytes: number): Generator<Uint8Array> {
  const block = new Uint8Array(blockBytes);
  for (let left = bytes; left > 0; left -= blockBytes) yield block;
}

/** From a listener in the pod. */
export async function forwardPaths(place: Place): Promise<Way[]> {
  const { node, pod, bytes } = place;
  const { status } = await node.cri.runtime.podSandboxStatus({ podSandboxId: pod.id });
  const address = status?.network?.ip;
  if (address === undefined) throw new Error("The pod has no address");
  return [
    {
      name: "plain socket",
      run: () => readSocket({ hostname: address, port: ports.source }, bytes),
    },
    { name: "crictl port-forward", run: () => readThroughCrictl(place) },
    ...forwardTransports.filter(({ canEnd }) => canEnd).map((transport): Way => ({
      name: `${transport.name}, our client`,
      run: async () => {
        const forwarder = await transport.open(node, pod, [ports.source]);
        const connection = await forwarder.connect(ports.source);
        await expectBytes(connection.received, bytes);
        await forwarder.close();
      },
    })),
  ];
}

async function readThroughCrictl(place: Place): Promise<void> {
  const port = freePort();
  const [command = "", ...args] = crictl(place).split(" ");
  const child = new Deno.Command(command, {
    args: [...args, "port-forward", place.pod.id, `${port}:${ports.source}`],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await waitFor("crictl listens", { intervalMs: 5 }, () => listens(`127.0.0.1:${port}`));
    await readSocket({ hostname: "127.0.0.1", port }, place.bytes);
  } finally {
    child.kill("SIGINT");
    await child.status;
  }
}

async function readSocket(
  address: { readonly hostname: string; readonly port: number },
  bytes: number,
): Promise<void> {
  const wire = await connect(address);
  let seen = 0;
  while (seen < bytes) {
    const chunk = await wire.read();
    if (chunk === undefined) throw new Error(`Ended after ${seen} bytes`);
    seen += chunk.length;
  }
  wire.close();
}

async function expectBytes(source: AsyncIterable<Uint8Array>, bytes: number): Promise<void> {
  let seen = 0;
  for await (const chunk of source) seen += chunk.length;
  if (seen !== bytes) throw new Error(`${seen} bytes instead of ${bytes}`);
}
