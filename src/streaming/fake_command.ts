/**
 * A process and its client's channels in memory, for unit tests of sessions: what the one writes
 * and the other sends is said by the test, what each got is kept.
 */

import { FraktiError } from "../lib/errors.ts";
import { OutputPipe } from "../lib/output_pipe.ts";
import type { AttachSession, ExecSession } from "../engines/domain.ts";
import type { CommandChannels, OutputChannel } from "./channels.ts";
import { Resizes } from "./resizes.ts";
import type { CommandOutcome } from "./status.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An exec session and an attach session in one. */
export class FakeCommand implements ExecSession, AttachSession {
  readonly stdin: WritableStream<Uint8Array>;
  readonly outPipe = new OutputPipe();
  readonly errPipe = new OutputPipe();
  readonly exited = Promise.withResolvers<number>();
  readonly sizes: (readonly [columns: number, rows: number])[] = [];
  received = "";
  hasStdinEnded = false;
  /** Set to make writing to its stdin fail. */
  readsNoMore = false;
  kills = 0;
  closes = 0;

  constructor() {
    this.exited.promise.catch(() => {}); // A test may never ask for it.
    this.stdin = new WritableStream({
      write: (chunk) => {
        if (this.readsNoMore) throw new Error("Broken pipe");
        this.received += decoder.decode(chunk);
      },
      close: () => {
        this.hasStdinEnded = true;
      },
    });
  }

  get stdout(): ReadableStream<Uint8Array> {
    return this.outPipe.readable;
  }

  get stderr(): ReadableStream<Uint8Array> {
    return this.errPipe.readable;
  }

  get exit(): Promise<number> {
    return this.exited.promise;
  }

  say(text: string): Promise<void> {
    return this.outPipe.write(encoder.encode(text));
  }

  /** Ends as a process does: outputs and all. */
  end(exitCode = 0): void {
    this.outPipe.close();
    this.errPipe.close();
    this.exited.resolve(exitCode);
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.sizes.push([columns, rows]);
    if (columns === 1) throw new FraktiError("Unavailable", "No terminal any more");
  }

  async kill(): Promise<void> {
    this.kills++;
    this.outPipe.close();
    this.errPipe.close();
  }

  async close(): Promise<void> {
    this.closes++;
    this.outPipe.close();
    this.errPipe.close();
  }
}

/** What a client's transport gives to a session. */
export class FakeChannels implements CommandChannels {
  readonly stdin: ReadableStream<Uint8Array> | undefined;
  readonly stdout: OutputChannel | undefined;
  readonly stderr: OutputChannel | undefined;
  readonly resizes = new Resizes();
  /** Everything that the client got, in order; outcomes as objects. */
  readonly got: (string | CommandOutcome | "closed")[] = [];
  readonly closed = Promise.withResolvers<void>();
  /** Set to keep the session's writes waiting. */
  isStalled: Promise<void> | undefined;
  isStdinCancelled = false;
  readonly #gone = new AbortController();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(wants: { readonly stdin?: boolean; readonly outputs?: boolean } = {}) {
    const { stdin = true, outputs = true } = wants;
    this.stdin = stdin
      ? new ReadableStream({
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.isStdinCancelled = true;
        },
      })
      : undefined;
    this.stdout = outputs ? this.#output("out: ") : undefined;
    this.stderr = outputs ? this.#output("err: ") : undefined;
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  type(text: string): void {
    this.#controller?.enqueue(encoder.encode(text));
  }

  endStdin(): void {
    this.#controller?.close();
  }

  /** Goes away without a word. */
  vanish(): void {
    const error = new FraktiError("Cancelled", "The client is gone");
    this.#controller?.error(error);
    this.resizes.close();
    this.#gone.abort(error);
  }

  async finish(outcome: CommandOutcome): Promise<void> {
    this.#check();
    this.got.push(outcome);
  }

  async close(): Promise<void> {
    this.resizes.close();
    if (!this.got.includes("closed")) this.got.push("closed");
    this.closed.resolve();
  }

  #output(prefix: string): OutputChannel {
    return {
      write: async (bytes) => {
        this.#check();
        this.got.push(prefix + decoder.decode(bytes));
        await this.isStalled;
      },
    };
  }

  #check(): void {
    if (this.gone.aborted) throw new FraktiError("Unavailable", "The client is gone");
  }
}
