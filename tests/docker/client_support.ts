/**
 * What the tests of the Docker engine's lower half share: a client of a real daemon, negotiated
 * and pinned, and containers made by the mapping the engine uses.
 */

import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/log.ts";
import {
  type DockerClient,
  dockerClient,
  parseApiVersion,
} from "../../src/engines/docker/client/mod.ts";
import { DockerExecs } from "../../src/engines/docker/exec/mod.ts";
import { fakeContainer, fakeSandbox } from "../../src/engines/docker/mapping/fake_facts.ts";
import { DockerImages } from "../../src/engines/docker/images/mod.ts";
import {
  containerSpec,
  type DaemonFacts,
  sandboxSpec,
} from "../../src/engines/docker/mapping/mod.ts";
import type {
  ContainerConfig,
  ContainerSecurity,
  ExecRequest,
  SandboxConfig,
} from "../../src/engines/domain.ts";
import { containerId } from "../../src/engines/ids.ts";
import { testEnvironment } from "../support/mod.ts";

export const busybox = "registry.k8s.io/e2e-test-images/busybox:1.29-2";
export const pause = "registry.k8s.io/pause:3.10";

/** The versions every test runs with: what is negotiated, and the oldest. */
export const pins = ["", "1.24"] as const;
export type Pin = typeof pins[number];

/** For test names. */
export function spoken(pin: Pin): string {
  return pin === "" ? "the newest API" : `API ${pin}`;
}

/** One daemon as the engine's parts see it. */
export interface Lower {
  readonly client: DockerClient;
  readonly images: DockerImages;
  readonly execs: DockerExecs;
  readonly facts: DaemonFacts;
}

/** Connects to a daemon; close the client at the end. */
export async function connectTo(socketPath: string, pin: Pin = ""): Promise<Lower> {
  const pinned = parseApiVersion(pin);
  const client = dockerClient({
    socketPath,
    ...(pinned === undefined ? {} : { pinnedApiVersion: pinned }),
  });
  const { apiVersion } = await client.connect();
  const parts = { client, clock: systemClock, log: silentLogger };
  return {
    client,
    images: new DockerImages({ ...parts, pauseImage: pause }),
    execs: new DockerExecs(parts),
    facts: {
      apiVersion,
      info: await client.info(),
      instanceId: "test",
      replayMaxSizeBytes: 1 << 20,
    },
  };
}

let count = 0;

/** A name that no other container of the test has. */
export function uniqueName(): string {
  return `c${++count}`;
}

/** Makes and starts a sandbox's pause container. */
export async function startPause(
  { client, images, facts }: Lower,
  change: Partial<SandboxConfig> = {},
): Promise<{ readonly id: string; readonly config: SandboxConfig }> {
  const config = { ...fakeSandbox(), cgroupParent: testEnvironment().cgroupParent, ...change };
  const pauseImage = await images.ensurePauseImage();
  const body = await sandboxSpec(config, { ...facts, pauseImage });
  const { id } = await client.containers.create(uniqueName(), body);
  await client.containers.start(id);
  return { id, config };
}

/** Makes a container in a sandbox; a script, or whatever `change` says. */
export async function makeContainer(
  { client, images, facts }: Lower,
  sandbox: { readonly id: string; readonly config: SandboxConfig },
  change: Partial<ContainerConfig> = {},
  security: Partial<ContainerSecurity> = {},
): Promise<string> {
  const image = await images.find(busybox);
  if (image === undefined) throw new Error(`Image ${busybox} was not pulled`);
  const config = fakeContainer({ command: ["sleep", "1000"], ...change }, security);
  const body = await containerSpec(config, {
    ...facts,
    sandboxId: sandbox.id,
    sandboxConfig: sandbox.config,
    imageId: image.id,
  });
  return (await client.containers.create(uniqueName(), body)).id;
}

/** Makes and starts a container. */
export async function startContainer(
  lower: Lower,
  sandbox: { readonly id: string; readonly config: SandboxConfig },
  change: Partial<ContainerConfig> = {},
  security: Partial<ContainerSecurity> = {},
): Promise<string> {
  const id = await makeContainer(lower, sandbox, change, security);
  await lower.client.containers.start(id);
  return id;
}

/** What a command in a container prints, and its exit code. */
export async function execIn(
  { execs }: Lower,
  id: string,
  command: readonly string[],
  change: Partial<ExecRequest> = {},
): Promise<{ readonly out: string; readonly err: string; readonly code: number }> {
  const request = { command, tty: false, stdin: false, ...change };
  const session = await execs.start(containerId(id), request);
  const [out, err] = await Promise.all([
    new Response(session.stdout).text(),
    new Response(session.stderr).text(),
  ]);
  return { out, err, code: await session.exit };
}

/** A shell script's output in a container; fails when the script does. */
export async function shellIn(lower: Lower, id: string, script: string): Promise<string> {
  const { out, err, code } = await execIn(lower, id, ["sh", "-c", script]);
  if (code !== 0) throw new Error(`${script}: exit code ${code}: ${err}`);
  return out.trim();
}

/** Removes containers, running or not. */
export async function removeAll({ client }: Lower): Promise<void> {
  for (const { id } of await client.containers.list()) {
    await client.containers.remove(id, { force: true, volumes: true });
  }
}
