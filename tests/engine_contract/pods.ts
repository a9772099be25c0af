/**
 * Pods for the contract's cases: each with metadata of its own, removed at the end of the case.
 *
 *     await using pod = await runPod(subject);
 *     const id = await pod.start("exit 3");
 */

import assert from "node:assert/strict";
import type { Container, ContainerConfig, SandboxConfig } from "../../src/engines/domain.ts";
import type { Engine, RoutedSandboxRequest } from "../../src/engines/engine.ts";
import type { ContainerId, SandboxId } from "../../src/engines/ids.ts";
import { type ErrorCode, hasCode } from "../../src/lib/errors.ts";
import { containerConfig, sandboxConfig } from "../support/configs.ts";
import { waitFor } from "../support/wait.ts";
import type { EngineUnderTest } from "./subject.ts";

/** A container in its last state. */
export type Exited = Extract<Container, { readonly state: "exited" }>;

/** A container that runs until it is asked to end, and then does so at once. */
export const obedient = 'trap "exit 0" TERM; while :; do sleep 1000 & wait $!; done';

/** A request for a sandbox that no other case has. */
export function podRequest(
  subject: EngineUnderTest,
  overrides: Parameters<typeof sandboxConfig>[0] = {},
): RoutedSandboxRequest {
  const uid = crypto.randomUUID();
  const config = sandboxConfig({
    metadata: { name: "pod", uid, namespace: "contract", attempt: 0 },
    logDirectory: `${subject.logRoot}/${uid}`,
    ...overrides,
  });
  return { config, handler: "", api: "v1", routingReason: "The contract asks" };
}

/** Runs a sandbox. */
export async function runPod(
  subject: EngineUnderTest,
  overrides: Parameters<typeof sandboxConfig>[0] = {},
): Promise<Pod> {
  const request = podRequest(subject, overrides);
  return new Pod(subject, await subject.engine.runSandbox(request), request);
}

/** A sandbox and what a case does in it. */
export class Pod implements AsyncDisposable {
  constructor(
    readonly subject: EngineUnderTest,
    readonly id: SandboxId,
    readonly request: RoutedSandboxRequest,
  ) {}

  get config(): SandboxConfig {
    return this.request.config;
  }

  get engine(): Engine {
    return this.subject.engine;
  }

  /** A configuration that runs a shell script. */
  script(text: string, overrides: Partial<ContainerConfig> = {}): ContainerConfig {
    return containerConfig(this.subject.image, {
      command: ["/bin/sh", "-c", text],
      logPath: `${overrides.metadata?.name ?? "main"}.log`,
      ...overrides,
    });
  }

  create(config: ContainerConfig): Promise<ContainerId> {
    return this.engine.createContainer({ sandboxId: this.id, config, sandboxConfig: this.config });
  }

  /** Creates and starts a container that runs a shell script. */
  async start(text: string, overrides: Partial<ContainerConfig> = {}): Promise<ContainerId> {
    const id = await this.create(this.script(text, overrides));
    await this.engine.startContainer(id);
    return id;
  }

  /** Runs a shell script to its end. */
  async end(text: string, overrides: Partial<ContainerConfig> = {}): Promise<Exited> {
    return await untilExited(this.engine, await this.start(text, overrides));
  }

  /** Runs a shell script in a container of this pod. */
  async in(id: ContainerId, text: string): Promise<void> {
    const command = ["/bin/sh", "-c", text];
    const session = await this.engine.exec(id, { command, tty: false, stdin: false });
    assert.equal(await session.exit, 0);
    await session.kill();
  }

  /** The log of a container of this pod, as it is now. */
  log(name = "main"): Promise<string> {
    return Deno.readTextFile(`${this.config.logDirectory}/${name}.log`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.stopSandbox(this.id);
    await this.engine.removeSandbox(this.id);
  }
}

/** The container as it is listed; fails when it is unknown. */
export function known(engine: Engine, id: ContainerId): Container {
  const container = engine.container(id);
  assert.ok(container !== undefined, `Container "${id}" is unknown`);
  return container;
}

/** The container once it has ended. */
export function untilExited(engine: Engine, id: ContainerId): Promise<Exited> {
  return waitFor(`the end of ${id}`, { timeoutMs: 60_000, intervalMs: 10 }, () => {
    const container = known(engine, id);
    return container.state === "exited" ? container : undefined;
  });
}

/** Asserts that `work` fails with this code. */
export async function refuses(code: ErrorCode, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(hasCode(error, code), `Not ${code} but ${Deno.inspect(error)}`);
    return true;
  });
}

/** The content of the lines of a CRI log, in order, of one stream or both. */
export function linesOf(log: string, stream?: "stdout" | "stderr"): string[] {
  return log.split("\n").filter((line) => line !== "").flatMap((line) => {
    const match = /^\S+ (stdout|stderr) [FP] (.*)$/.exec(line);
    assert.ok(match !== null, `No line of a CRI log: ${line}`);
    return stream === undefined || match[1] === stream ? [match[2] ?? ""] : [];
  });
}
