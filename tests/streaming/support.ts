/**
 * What every test of streaming begins with: URLs from the CRI, the ways a client can come, and
 * servers inside of a pod's network namespace. Works with any runtime behind the CRI.
 */

import {
  busybox,
  createContainer,
  type PodHost,
  runPod,
  shellContainer,
  startContainer,
  type TestPod,
} from "../docker/support.ts";
import { run } from "../support/mod.ts";
import {
  type CommandOptions,
  type CommandSession,
  openSpdyCommand,
  openWebSocketCommand,
  type Selection,
  within,
} from "./client/mod.ts";

export { busybox, createContainer, runPod, shellContainer, startContainer };
export type { PodHost, TestPod };

/** One way to come for an exec or attach session. */
export interface CommandTransport {
  readonly name: string;
  /** Up to this version of the protocol; v4 and newer tell exit codes in a Status. */
  readonly version: 1 | 2 | 3 | 4 | 5;
  readonly canEndStdin: boolean;
  readonly canResize: boolean;
  open(url: string, options: CommandOptions): Promise<CommandSession>;
}

function spdy(version: 1 | 2 | 3 | 4): CommandTransport {
  const protocol = version === 1 ? "channel.k8s.io" : `v${version}.channel.k8s.io`;
  return {
    name: `SPDY ${protocol}`,
    version,
    canEndStdin: true,
    canResize: version >= 3,
    open: (url, options) => openSpdyCommand(url, { ...options, protocols: [protocol] }),
  };
}

function webSocket(version: 1 | 4 | 5, protocol: string | undefined): CommandTransport {
  return {
    name: `WebSocket ${protocol ?? "without a protocol"}`,
    version,
    canEndStdin: version === 5,
    canResize: true,
    open: (url, options) =>
      openWebSocketCommand(url, {
        ...options,
        ...(protocol === undefined ? {} : { protocols: [protocol] }),
      }),
  };
}

/** Every way there is to come. */
export const commandTransports: readonly CommandTransport[] = [
  ...([4, 3, 2, 1] as const).map(spdy),
  webSocket(5, "v5.channel.k8s.io"),
  webSocket(4, "v4.channel.k8s.io"),
  webSocket(4, "v4.base64.channel.k8s.io"),
  webSocket(1, "channel.k8s.io"),
  webSocket(1, "base64.channel.k8s.io"),
  webSocket(1, undefined),
];

/** The two that today's clients use; the rest differs in how the end is told. */
export const mainTransports = commandTransports.filter(({ name }) =>
  name === "SPDY v4.channel.k8s.io" || name === "WebSocket v5.channel.k8s.io"
);

/** The URL of an exec session. */
export async function execUrl(
  host: PodHost,
  containerId: string,
  cmd: readonly string[],
  selection: Selection = { stdout: true, stderr: true },
): Promise<string> {
  return (await host.cri.runtime.exec({ containerId, cmd: [...cmd], ...selection })).url;
}

/** The URL of an attach session. */
export async function attachUrl(
  host: PodHost,
  containerId: string,
  selection: Selection,
): Promise<string> {
  return (await host.cri.runtime.attach({ containerId, ...selection })).url;
}

/** The URL of a forwarder. */
export async function forwardUrl(
  host: PodHost,
  pod: TestPod,
  ports: readonly number[] = [],
): Promise<string> {
  return (await host.cri.runtime.portForward({ podSandboxId: pod.id, port: [...ports] })).url;
}

/** Opens an exec session of a shell script. */
export async function openScript(
  host: PodHost,
  transport: CommandTransport,
  containerId: string,
  script: string,
  selection: Selection = { stdout: true, stderr: true },
  options: Omit<CommandOptions, keyof Selection> = {},
): Promise<CommandSession> {
  const url = await execUrl(host, containerId, ["sh", "-c", script], selection);
  return await transport.open(url, { ...options, ...selection });
}

/** The path of a pod's network namespace, whoever pinned it: the one that has the pod's address. */
export async function netnsOf(host: PodHost, pod: TestPod): Promise<string> {
  const { status } = await host.cri.runtime.podSandboxStatus({ podSandboxId: pod.id });
  const ip = status?.network?.ip;
  if (ip === undefined || ip === "") throw new Error(`Pod "${pod.id}" has no address`);
  for await (const { name } of Deno.readDir("/run/netns")) {
    const path = `/run/netns/${name}`;
    const addresses = await run("nsenter", [`--net=${path}`, "ip", "-o", "address"]);
    if (addresses.includes(` ${ip}/`)) return path;
  }
  throw new Error(`No network namespace has ${ip}`);
}

const closeTimeoutMs = 60_000;

/** The server closes the connection by itself. */
export function closed(session: { readonly closed: Promise<void> }): Promise<void> {
  return within(closeTimeoutMs, "the server to close", session.closed);
}
