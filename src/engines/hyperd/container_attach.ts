/**
 * Attach in hyperd: one stream of its for each who is attached. It has no half-close (what is typed
 * has no end for the container), and with a terminal ctrl-p ctrl-q typed one by one detaches.
 */

import type { ClientDuplexStream } from "@grpc/grpc-js";
import { describe, failedPrecondition, notFound, wrap } from "../../lib/errors.ts";
import { OutputPipe } from "../../lib/output_pipe.ts";
import type { AttachRequest, AttachSession } from "../domain.ts";
import type { ContainerId } from "../ids.ts";
import { FrameReader, hyperdError, isProblem, type wire } from "./client/mod.ts";
import type { HyperdContext } from "./context.ts";
import { pacedInput } from "./exec/mod.ts";
import type { ContainerRecord } from "./records.ts";

type AttachStream = ClientDuplexStream<wire.AttachMessage, wire.AttachMessage>;

/** How long one reader may keep the container and everybody else waiting (decision 0068). */
const stallMs = 10_000;

/** How long a stream may say nothing after the container's end before it is taken for done. */
const quietMs = 1_000;

/** hyperd says nothing when one is attached: what is written sooner may be missed. */
const settleMs = 100;

/** @throws FraktiError NotFound; FailedPrecondition. See `Engine.attach`. */
export async function attachToContainer(
  context: HyperdContext,
  id: ContainerId,
  request: AttachRequest,
): Promise<AttachSession> {
  const record = context.ledger.containers.get(id);
  if (record === undefined) throw notFound(`Container "${id}" is unknown`);
  const hyperd = context.link.hyperd();
  const stdin = request.stdin && record.config.stdin;
  if (!stdin && !request.stdout && !request.stderr) {
    throw failedPrecondition(`Cannot attach to the stdin of container "${id}": it has none`);
  }
  if (record.phase.state !== "running") {
    throw failedPrecondition(`Cannot attach to container "${id}": it does not run`);
  }
  const session = new HyperdAttachSession(
    context,
    record,
    { ...request, stdin },
    hyperd.open("attach"),
  );
  await context.clock.sleep(settleMs, session.ended);
  return session;
}

class HyperdAttachSession implements AttachSession {
  readonly stdin?: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly #stdout: OutputPipe;
  readonly #stderr: OutputPipe;
  readonly #done = new AbortController();
  readonly #stopListening: () => void;
  /** Counts up whenever the stream gives something; odd while a reader is waited for. */
  #moves = 0;

  constructor(
    readonly context: HyperdContext,
    readonly record: ContainerRecord,
    readonly request: AttachRequest,
    readonly stream: AttachStream,
  ) {
    const { clock } = context;
    const stall = { clock, ms: stallMs };
    this.#stdout = new OutputPipe(stall);
    this.#stderr = new OutputPipe(stall);
    this.stdout = this.#stdout.readable;
    this.stderr = this.#stderr.readable;
    // Who only types stays until the input or the container ends: the ends of these tell.
    if (!request.stdout && this.#wantsOutput) this.#stdout.close();
    if (!request.stderr && this.#wantsOutput || record.config.tty) this.#stderr.close();
    this.#send(new Uint8Array(0));
    if (request.stdin) {
      this.stdin = pacedInput({
        clock,
        signal: this.#done.signal,
        write: (bytes) => this.#send(bytes),
        end: () => this.#inputEnded(),
        refuse: (error) => this.#fail(error),
      });
    }
    this.#stopListening = context.ledger.onEvent((event) => {
      if (event.subject !== "container" || event.containerId !== record.id) return;
      if (event.kind === "stopped" || event.kind === "deleted") this.#endWhenQuiet();
    });
    this.#move();
  }

  /** Aborted when the session has ended. */
  get ended(): AbortSignal {
    return this.#done.signal;
  }

  /** Sizes that are none are left out, as is the size of what has ended. */
  async resize(columns: number, rows: number): Promise<void> {
    const { tty } = this.record.config;
    if (!tty || columns < 1 || rows < 1 || this.#done.signal.aborted) return;
    const size = { containerID: this.record.id, execID: "", width: columns, height: rows };
    try {
      await this.context.link.hyperd().call("tTYResize", size);
    } catch (error) {
      this.context.log.debug("Terminal keeps its size", {
        container: this.record.id,
        error: describe(error),
      });
    }
  }

  close(): Promise<void> {
    this.#end();
    return Promise.resolve();
  }

  get #wantsOutput(): boolean {
    return this.request.stdout || this.request.stderr && !this.record.config.tty;
  }

  /** hyperd cannot pass it on: of a `stdinOnce` container the output goes on, of others all ends. */
  #inputEnded(): void {
    if (!this.record.config.stdinOnce || !this.#wantsOutput) this.#end();
  }

  async #endWhenQuiet(): Promise<void> {
    while (!this.#done.signal.aborted) {
      const before = this.#moves;
      await this.context.clock.sleep(quietMs, this.#done.signal);
      if (before === this.#moves && before % 2 === 0) this.#end();
    }
  }

  #send(data: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.stream.writableEnded || this.stream.destroyed) return resolve();
      this.stream.write({ containerID: this.record.id, data }, () => resolve());
    });
  }

  async #move(): Promise<void> {
    const frames = new FrameReader();
    try {
      for await (const { data } of this.stream as AsyncIterable<wire.AttachMessage>) {
        if (!this.#wantsOutput) continue; // Read all the same: hyperd waits for whoever does not.
        this.#moves++;
        if (this.record.config.tty) await this.#stdout.write(data.slice());
        else {
          for (const { stream, bytes } of frames.push(data)) {
            await (stream === "stderr" ? this.#stderr : this.#stdout).write(bytes.slice());
          }
        }
        this.#moves++;
      }
    } catch (error) {
      const failure = error instanceof Error && "details" in error
        ? hyperdError("attach", error)
        : error;
      // A container that has ended just now has nothing more to say.
      if (!isProblem(failure, "detached", "podNotAlive")) this.#fail(failure);
    } finally {
      this.#end();
    }
  }

  #fail(error: unknown): void {
    if (this.#done.signal.aborted) return;
    const failure = wrap(`Attachment to container "${this.record.id}" broke`, error);
    this.#stdout.fail(failure);
    this.#stderr.fail(failure);
    this.#end();
  }

  #end(): void {
    if (this.#done.signal.aborted) return;
    this.#done.abort();
    this.#stopListening();
    this.stream.on("error", () => {}); // What the cancellation says.
    this.stream.cancel();
    this.#stdout.close();
    this.#stderr.close();
  }
}
