/**
 * A command in a running container of the guest, as the engine interface has it.
 */

import { type Clock, withDeadline } from "../../../lib/clock.ts";
import { failedPrecondition, hasCode } from "../../../lib/errors.ts";
import type { ExecSession } from "../../domain.ts";
import type { AgentConnection, ExitWatch } from "./agent.ts";
import type { FieldList } from "./fields.ts";
import type { InputStream } from "./input_stream.ts";
import type { OutputStream } from "./output_stream.ts";
import { Op, Tag } from "./protocol.ts";
import { makeDirectory, removePath, writeFile } from "./requests/files.ts";
import { resizeTerminal, signalProcess } from "./requests/processes.ts";
import { readableOf, writableOf } from "./web_streams.ts";

export interface StartExec {
  /** Unique in the VM; the host's to choose. */
  readonly processId: string;
  readonly containerId: string;
  /** The OCI `process` object as JSON, of any size. */
  readonly process: { readonly json: Uint8Array };
  /** As {@linkcode SpawnRequest.environment}. */
  readonly environment?: string;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly timeoutMs: number;
}

const sigkill = 9;
/** What goes into the request itself; a larger process, as one with many variables, into a file. */
const inlineBytes = 32 * 1024;
const processDirectory = "/run/frakti/exec";
/** After SIGKILL only a process stuck in the guest's kernel stays. */
const killWaitMs = 5_000;

/**
 * Starts a command; resolves once it runs.
 * @throws FraktiError with crun's own words when it cannot be started.
 */
export async function startExec(
  agent: AgentConnection,
  clock: Clock,
  request: StartExec,
): Promise<ExecSession> {
  const { json } = request.process;
  if (json.length <= inlineBytes) return await start(agent, clock, request, [Tag.content, json]);
  const path = `${processDirectory}/${request.processId}.json`;
  await makeDirectory(agent, processDirectory, 0o700);
  try {
    await writeFile(agent, path, json, { mode: 0o600 });
    return await start(agent, clock, request, [Tag.path, path]);
  } finally {
    // A connection that is lost is told by what else is going on, and the VM is the pod's own.
    await removePath(agent, path).catch(() => {});
  }
}

async function start(
  agent: AgentConnection,
  clock: Clock,
  request: StartExec,
  process: FieldList[number],
): Promise<ExecSession> {
  const { processId, containerId, tty, timeoutMs } = request;
  const stdin = request.stdin ? agent.newInput() : undefined;
  const stdout = agent.newOutput({ kind: "bytes" });
  const stderr = tty ? undefined : agent.newOutput({ kind: "bytes" });
  const watch = agent.watchExit(processId); // Before the request: it may end at once.
  try {
    await agent.call({
      action: `Cannot start a command in container "${containerId}"`,
      op: Op.exec,
      fields: [
        [Tag.processId, processId],
        [Tag.containerId, containerId],
        process,
        [Tag.tty, tty],
        [Tag.stdin, stdin?.id],
        [Tag.stdout, stdout.id],
        [Tag.stderr, stderr?.id],
        [Tag.environment, request.environment],
        [Tag.timeoutMs, timeoutMs],
      ],
      timeoutMs,
    });
    stdout.open();
    stderr?.open();
  } catch (error) {
    watch.cancel();
    for (const stream of [stdin, stdout, stderr]) stream?.fail(error);
    // It may have been started all the same.
    if (hasCode(error, "DeadlineExceeded")) {
      signalProcess(agent, processId, sigkill, { tree: true }).catch(() => {});
    }
    throw error;
  }
  return new GuestExec({ agent, clock, processId, watch, stdin, stdout, stderr });
}

interface Parts {
  readonly agent: AgentConnection;
  readonly clock: Clock;
  readonly processId: string;
  readonly watch: ExitWatch;
  readonly stdin: InputStream | undefined;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream | undefined;
}

class GuestExec implements ExecSession {
  readonly stdin?: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exit: Promise<number>;
  readonly #parts: Parts;
  #hasEnded = false;
  #killed: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    if (parts.stdin !== undefined) this.stdin = writableOf(parts.stdin);
    this.stdout = readableOf(parts.stdout);
    this.stderr = parts.stderr === undefined ? empty() : readableOf(parts.stderr);
    this.exit = parts.watch.ending.then(({ exitCode }) => {
      this.#hasEnded = true;
      // What it started has no part in this exec's input.
      parts.stdin?.reset(failedPrecondition("The process has ended and reads no more"));
      return exitCode;
    });
    this.exit.catch(() => {}); // Told to whoever asks; nobody may.
  }

  async resize(columns: number, rows: number): Promise<void> {
    if (columns < 1 || rows < 1 || this.#hasEnded) return;
    try {
      await resizeTerminal(this.#parts.agent, this.#parts.processId, columns, rows);
    } catch (error) {
      if (!hasCode(error, "NotFound")) throw error; // It has ended meanwhile.
    }
  }

  kill(): Promise<void> {
    this.#killed ??= this.#kill();
    return this.#killed;
  }

  async #kill(): Promise<void> {
    const { agent, clock, processId, stdin, stdout, stderr } = this.#parts;
    try {
      // What one that has ended left behind on purpose lives on (docs/decisions/0061).
      if (!this.#hasEnded) {
        await signalProcess(agent, processId, sigkill, { tree: true });
        const ended = this.exit.then(() => {}, () => {});
        await withDeadline(clock, killWaitMs, `The end of exec "${processId}"`, ended);
      }
    } finally {
      // The guest reads on for such a child, whose next write would end it otherwise.
      stdin?.reset();
      stdout.reset();
      stderr?.reset();
    }
  }
}

function empty(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
