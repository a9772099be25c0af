/**
 * Exec, attach and dial in a VM: all over the one channel to the guest's agent.
 */

import {
  failedPrecondition,
  hasCode,
  invalidArgument,
  notFound,
  unavailable,
} from "../../lib/errors.ts";
import type {
  AttachRequest,
  AttachSession,
  ExecRequest,
  ExecSession,
  PodConnection,
} from "../domain.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import { dialPort, type InputStream, resizeTerminal, startExec } from "./agent/mod.ts";
import type { Attachee, AttachHub } from "../common/attach_hub.ts";
import type { QemuContext } from "./context.ts";
import { containerPaths } from "./guest_paths.ts";
import { randomId } from "./ids.ts";
import { execProcessFor } from "./oci_config.ts";
import type { ContainerRecord } from "./records.ts";

const startTimeoutMs = 30_000;
const maxPort = 65_535;

/** @throws FraktiError FailedPrecondition when the container does not run. */
export async function execInContainer(
  context: QemuContext,
  id: ContainerId,
  request: ExecRequest,
): Promise<ExecSession> {
  const record = running(context, id, "exec in");
  const agent = context.pods.agent(record.sandboxId);
  return await startExec(agent, context.clock, {
    processId: `exec-${randomId()}`,
    containerId: id,
    process: { json: await execProcessFor(context, record, request) },
    ...(record.hasOtherEnvironment ? { environment: containerPaths(id).environment } : {}),
    tty: request.tty,
    stdin: request.stdin,
    timeoutMs: startTimeoutMs,
  });
}

/** See `Engine.attach`. */
export async function attachToContainer(
  context: QemuContext,
  id: ContainerId,
  request: AttachRequest,
): Promise<AttachSession> {
  const record = running(context, id, "attach to");
  const hub = await context.outputs.hub(id);
  const stdin = request.stdin && record.config.stdin ? await context.outputs.stdin(id) : undefined;
  if (stdin === undefined && !request.stdout && !request.stderr) {
    throw failedPrecondition(`Cannot attach to the stdin of container "${id}": it has none`);
  }
  if (hub === undefined) {
    throw failedPrecondition(`Cannot attach to container "${id}": it does not run`);
  }
  const attachee = hub.join({
    stdout: request.stdout,
    stderr: request.stderr && !record.config.tty,
  });
  return new GuestAttach(context, record, hub, attachee, stdin);
}

/** A connection to a listener on localhost in the pod. */
export async function dialSandbox(
  context: QemuContext,
  id: SandboxId,
  port: number,
): Promise<PodConnection> {
  const sandbox = context.ledger.sandboxes.get(id);
  if (sandbox === undefined) throw notFound(`Sandbox "${id}" is unknown`);
  if (!Number.isInteger(port) || port < 1 || port > maxPort) {
    throw invalidArgument(`Port ${port} is not from 1 to ${maxPort}`);
  }
  if (sandbox.phase !== "ready") {
    throw failedPrecondition(`Cannot connect into sandbox "${id}": it is not ready`);
  }
  const agent = context.pods.agent(id);
  try {
    return await dialPort(agent, port);
  } catch (error) {
    // Whatever the guest's errno is: nobody took the connection.
    if (hasCode(error, "ResourceExhausted")) throw error;
    throw unavailable(`Cannot connect to port ${port} of sandbox "${id}"`, error);
  }
}

function running(context: QemuContext, id: ContainerId, verb: string): ContainerRecord {
  const record = context.ledger.containers.get(id);
  if (record === undefined) throw notFound(`Container "${id}" is unknown`);
  if (record.phase.state !== "running") {
    throw failedPrecondition(`Cannot ${verb} container "${id}": it does not run`);
  }
  return record;
}

class GuestAttach implements AttachSession {
  readonly stdin?: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;

  constructor(
    readonly context: QemuContext,
    readonly record: ContainerRecord,
    readonly hub: AttachHub,
    readonly attachee: Attachee,
    stdin: InputStream | undefined,
  ) {
    this.stdout = attachee.stdout.readable;
    this.stderr = attachee.stderr.readable;
    if (stdin !== undefined) this.stdin = this.#input(stdin);
  }

  async resize(columns: number, rows: number): Promise<void> {
    if (!this.record.config.tty || columns < 1 || rows < 1) return;
    const { sandboxId, id } = this.record;
    await resizeTerminal(this.context.pods.agent(sandboxId), id, columns, rows);
  }

  /** The input ends behind what is being written, which nobody waits for: it may never be read. */
  async close(): Promise<void> {
    this.hub.leave(this.attachee);
    if (this.stdin === undefined || !this.#endsInput) return;
    const { outputs } = this.context;
    (await outputs.stdin(this.record.id))?.end(); // Of the present connection to the guest.
  }

  /** The container's stdin is everybody's: only that of a `stdinOnce` container ends with one. */
  get #endsInput(): boolean {
    const { stdinOnce, tty } = this.record.config;
    return stdinOnce && !tty;
  }

  /** Without it, and without input, there is nothing more to stay for. */
  get #wantsOutput(): boolean {
    const { stdout, stderr } = this.attachee.wanted;
    return stdout || stderr;
  }

  #input(stdin: InputStream): WritableStream<Uint8Array> {
    return new WritableStream<Uint8Array>({
      write: (bytes) => stdin.write(bytes),
      close: async () => {
        if (this.#endsInput) await stdin.end();
        if (!this.#endsInput || !this.#wantsOutput) this.hub.leave(this.attachee);
      },
      abort: () => this.close(),
    });
  }
}
