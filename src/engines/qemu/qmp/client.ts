/**
 * One QMP connection: commands with a time limit, events to whoever listens. Knows the protocol,
 * not what commands mean. QEMU serves one connection at a time; a second one waits until the first
 * is closed.
 */

import type { Clock } from "../../../lib/clock.ts";
import { FraktiError, internal, unavailable, wrap } from "../../../lib/errors.ts";
import { LineCutter } from "./lines.ts";
import {
  type Json,
  type JsonObject,
  parseMessage,
  type QmpEvent,
  type QmpMessage,
} from "./messages.ts";

/** The transport; a `Deno.Conn` is one. */
export interface QmpTransport {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  close(): void;
}

/** QEMU refused a command. */
export class QmpError extends FraktiError {
  constructor(readonly command: string, readonly errorClass: string, description: string) {
    super("Internal", `QEMU refused "${command}": ${description}`);
    this.name = "QmpError";
  }
}

/** Commands under way at once; more means that QEMU has stopped answering. */
const maxPending = 64;

/** QEMU answers within milliseconds unless its main loop is held up by a slow disk. */
const defaultTimeoutMs = 20_000;

interface Pending {
  readonly command: string;
  readonly resolve: (value: Json) => void;
  readonly reject: (error: FraktiError) => void;
}

/** A connection whose capabilities are negotiated. */
export class QmpClient {
  readonly #pending = new Map<string, Pending>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #closed = Promise.withResolvers<FraktiError>();
  #lastId = 0;
  #end: FraktiError | undefined;

  /** Resolves, never rejects, with why the connection ended: QEMU is gone, or nonsense came. */
  readonly closed: Promise<FraktiError> = this.#closed.promise;

  private constructor(readonly transport: QmpTransport, readonly clock: Clock) {
    this.#writer = transport.writable.getWriter();
  }

  /**
   * Waits for QEMU's greeting and leaves negotiation mode. The transport is closed on failure.
   * @param signal gives the attempt up; afterwards it does nothing.
   * @throws FraktiError DeadlineExceeded, Unavailable when QEMU closed or the attempt was given up,
   * Internal on nonsense.
   */
  static async open(
    transport: QmpTransport,
    clock: Clock,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<QmpClient> {
    const client = new QmpClient(transport, clock);
    const greeted = Promise.withResolvers<void>();
    client.#readAll(() => greeted.resolve());
    const giveUp = () => client.close();
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      if (signal?.aborted) giveUp();
      const cancel = clock.after(timeoutMs, () => {
        const what = `QEMU sent no QMP greeting within ${timeoutMs} ms`;
        greeted.reject(new FraktiError("DeadlineExceeded", what));
      });
      client.closed.then((why) => greeted.reject(why));
      await greeted.promise.finally(cancel);
      await client.execute("qmp_capabilities", {}, timeoutMs);
      return client;
    } catch (error) {
      client.close();
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /** True until the connection has ended. */
  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /**
   * Runs a command and gives what it returned. After a time-out the answer is dropped when it comes.
   * @throws QmpError when QEMU refuses it; FraktiError DeadlineExceeded, Unavailable when the
   * connection is or gets closed.
   */
  async execute(
    command: string,
    args: JsonObject = {},
    timeoutMs = defaultTimeoutMs,
  ): Promise<Json> {
    if (this.#end !== undefined) throw wrap(`Cannot send "${command}" to QEMU`, this.#end);
    if (this.#pending.size >= maxPending) {
      throw unavailable(`Cannot send "${command}" to QEMU: ${maxPending} commands are unanswered`);
    }
    const id = String(++this.#lastId);
    const answer = Promise.withResolvers<Json>();
    this.#pending.set(id, { command, resolve: answer.resolve, reject: answer.reject });
    const cancel = this.clock.after(timeoutMs, () => {
      const what = `QEMU did not answer "${command}" within ${timeoutMs} ms`;
      answer.reject(new FraktiError("DeadlineExceeded", what));
    });
    const line = `${JSON.stringify({ execute: command, arguments: args, id })}\n`;
    this.#writer.write(new TextEncoder().encode(line)).catch((error) => this.#finish(error));
    try {
      return await answer.promise;
    } finally {
      cancel();
      this.#pending.delete(id);
    }
  }

  /** Calls `listener` for every event from now on, until the returned function is called. */
  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the connection; QEMU runs on. */
  close(): void {
    this.#finish(unavailable("Connection to QEMU was closed"));
  }

  async #readAll(onGreeting: () => void): Promise<void> {
    const cutter = new LineCutter();
    try {
      for await (const chunk of this.transport.readable) {
        for (const line of cutter.push(chunk)) {
          if (line !== "") this.#take(parseMessage(line), onGreeting);
        }
        if (this.#end !== undefined) return;
      }
      this.#finish(unavailable("QEMU closed its QMP connection"));
    } catch (error) {
      this.#finish(error);
    }
  }

  #take(message: QmpMessage, onGreeting: () => void): void {
    switch (message.kind) {
      case "greeting":
        return onGreeting();
      case "event":
        for (const listener of [...this.#listeners]) listener(message);
        return;
      case "return":
        return this.#pendingOf(message.id)?.resolve(message.value);
      case "error": {
        const pending = this.#pendingOf(message.id);
        const { errorClass, description } = message;
        // Without an id QEMU could not even parse what frakti sent: no command can be told.
        if (message.id === undefined) {
          throw internal(`QEMU cannot read QMP commands: ${description}`);
        }
        return pending?.reject(new QmpError(pending.command, errorClass, description));
      }
    }
  }

  #pendingOf(id: string | undefined): Pending | undefined {
    return id === undefined ? undefined : this.#pending.get(id);
  }

  #finish(cause: unknown): void {
    if (this.#end !== undefined) return;
    const end = cause instanceof FraktiError ? cause : unavailable("QMP connection failed", cause);
    this.#end = end;
    for (const { command, reject } of this.#pending.values()) {
      reject(wrap(`QEMU did not answer "${command}"`, end));
    }
    this.#listeners.clear();
    try {
      this.transport.close();
    } catch (error) {
      // Closed by the other side already.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
    this.#closed.resolve(end);
  }
}
