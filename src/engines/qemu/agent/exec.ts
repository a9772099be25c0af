/**
 * A command in a running container of the guest, as the engine interface has it.
 */

import { type Clock, withDeadline } from "../../../lib/clock.ts";
import { failedPrecondition, hasCode } from "../../../lib/errors.ts";
import type { ExecSession } from "../../domain.ts";
import type { AgentConnection, ExitWatch } from "./agent.ts";
import type { InputStream } from "./input_stream.ts";
import type { OutputStream } from "./output_stream.ts";
import { Op, Tag } from "./protocol.ts";
import { resizeTerminal, signalProcess } from "./requests/processes.ts";
import { readableOf, writableOf } from "./web_streams.ts";

export interface StartExec {
  /** Unique in the VM; the host's to choose. */
  readonly processId: string;
  readonly containerId: string;
  /**
   * The OCI `process` object as JSON, or the path in the guest of a file that holds it, for what
   * is larger than 60 KiB.
   */
  readonly process: { readonly json: Uint8Array } | { readonly path: string };
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly timeoutMs: number;
}

const sigkill = 9;
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
  const { processId, containerId, process, tty, timeoutMs } = request;
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
        "json" in process ? [Tag.content, process.json] : [Tag.path, process.path],
        [Tag.tty, tty],
        [Tag.stdin, stdin?.id],
        [Tag.stdout, stdout.id],
        [Tag.stderr, stderr?.id],
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
      // Also after its end: what it started may hold the pipes.
      await signalProcess(agent, processId, sigkill, { tree: true });
      const ended = this.exit.then(() => {}, () => {});
      await withDeadline(clock, killWaitMs, `The end of exec "${processId}"`, ended);
    } finally {
      stdin?.reset();
      stdout.reset();
      stderr?.reset();
    }
  }
}

function empty(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
