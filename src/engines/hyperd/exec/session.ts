/**
 * A running exec as the engine interface has it: web streams with back-pressure, an exit code that
 * no pipe can hold back, and a kill that reaches what the process has started.
 */

import type { ClientDuplexStream } from "@grpc/grpc-js";
import type { Clock } from "../../../lib/clock.ts";
import { describe, unavailable } from "../../../lib/errors.ts";
import type { Logger } from "../../../lib/log.ts";
import { OutputPipe } from "../../../lib/output_pipe.ts";
import type { ExecRequest, ExecSession } from "../../domain.ts";
import {
  FrameReader,
  type HyperdClient,
  hyperdError,
  type RequestOf,
  type ResponseOf,
} from "../client/mod.ts";
import { waitForExit } from "./exit_code.ts";
import { pacedInput } from "./paced_input.ts";
import { EndReader, MarkReader } from "./wrapper.ts";

type ExecStream = ClientDuplexStream<RequestOf<"execStart">, ResponseOf<"execStart">>;

export interface SessionParts {
  readonly hyperd: HyperdClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly containerId: string;
  readonly execId: string;
  readonly request: ExecRequest;
  /** The command runs in a shell with this mark, which says when it begins and how it ends. */
  readonly mark: string | undefined;
  /** Ends the process and what it has started. */
  readonly killTree: () => Promise<void>;
}

/** After a kill only a process stuck in the guest's kernel stays. */
const killWaitMs = 5_000;

const killedExitCode = 137;

/** How long output may still come once the exit code is known and nothing moves. */
const afterExitMs = 2_000;

export class HyperdExecSession implements ExecSession {
  readonly stdin?: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exit: Promise<number>;
  /** How the command began: resolves when it is known. */
  readonly began: Promise<"started" | "missing" | "none">;
  readonly #stdout = new OutputPipe();
  readonly #stderr = new OutputPipe();
  readonly #mark = new MarkReader();
  readonly #end: EndReader | undefined;
  readonly #over = new AbortController();
  readonly #stream: ExecStream;
  #tellBegan: (how: "started" | "missing" | "none") => void = () => {};
  #tellCode: (code: number) => void = () => {};
  #killed: Promise<void> | undefined;

  constructor(readonly parts: SessionParts) {
    const { hyperd, containerId, execId, request, clock } = parts;
    this.stdout = this.#stdout.readable;
    this.stderr = this.#stderr.readable;
    this.began = new Promise((resolve) => this.#tellBegan = resolve);
    if (parts.mark === undefined) this.#tellBegan("none");
    else this.#end = new EndReader(parts.mark);
    if (request.tty) this.#stderr.close();
    this.#stream = hyperd.open("execStart");
    this.#send(new Uint8Array(0));
    if (request.stdin) {
      this.stdin = pacedInput({
        clock,
        signal: this.#over.signal,
        write: (bytes) => this.#send(bytes),
        end: () => this.#stream.end(),
        refuse: (error) => this.#refuse(error),
      });
    } else {
      this.#stream.end();
    }
    this.exit = Promise.race([
      // hyperd tells it once nobody has the pipes any more.
      waitForExit(parts, containerId, execId, this.#over.signal),
      new Promise<number>((resolve) => this.#tellCode = resolve),
    ]).then((code) => {
      if (code === undefined && this.#killed === undefined) {
        throw unavailable(`Exec "${execId}" was given up`);
      }
      // hyperd says 0 of what a signal has ended.
      return this.#killed !== undefined ? code || killedExitCode : code ?? killedExitCode;
    });
    this.exit.catch(() => {}); // Who asks hears of it.
    this.#pump();
  }

  /** Sizes that are none are left out, as is the size of what has ended. */
  async resize(columns: number, rows: number): Promise<void> {
    const { hyperd, containerId, execId, log, request } = this.parts;
    if (!request.tty || columns < 1 || rows < 1 || this.#over.signal.aborted) return;
    const size = { width: columns, height: rows };
    try {
      await hyperd.call("tTYResize", { containerID: containerId, execID: execId, ...size });
    } catch (error) {
      log.debug("Terminal of an exec keeps its size", { exec: execId, error: describe(error) });
    }
  }

  kill(): Promise<void> {
    this.#killed ??= this.#kill();
    return this.#killed;
  }

  async #kill(): Promise<void> {
    const late = new AbortController();
    try {
      await this.parts.killTree();
      await Promise.race([
        this.exit.catch(() => {}),
        this.parts.clock.sleep(killWaitMs, late.signal),
      ]);
    } finally {
      late.abort();
      this.#finish();
    }
  }

  #refuse(error: unknown): void {
    this.#stdout.fail(error);
    this.#stderr.fail(error);
    this.kill().catch((failure) => {
      this.parts.log.debug("Exec could not be killed", { error: describe(failure) });
    });
  }

  #send(stdin: Uint8Array): Promise<void> {
    const { containerId, execId } = this.parts;
    return new Promise((resolve) => {
      if (this.#stream.writableEnded || this.#stream.destroyed) return resolve();
      this.#stream.write({ containerID: containerId, execID: execId, stdin }, () => resolve());
    });
  }

  async #pump(): Promise<void> {
    const { request, log, execId } = this.parts;
    const frames = new FrameReader();
    this.#endAfterExit();
    try {
      for await (const { stdout } of this.#stream as AsyncIterable<ResponseOf<"execStart">>) {
        this.#moves++;
        if (request.tty) await this.#stdout.write(this.#own(stdout.slice()));
        else {
          for (const { stream, bytes } of frames.push(stdout)) {
            if (stream === "stderr") await this.#stderr.write(bytes.slice());
            else await this.#stdout.write(this.#own(bytes.slice()));
          }
        }
        this.#moves++;
      }
      await this.#stdout.write(this.#mark.finish());
      await this.#stdout.write(this.#end?.finish() ?? new Uint8Array(0));
      this.#stdout.close();
      this.#stderr.close();
    } catch (error) {
      if (!this.#over.signal.aborted) {
        const failure = hyperdError("execStart", error);
        log.debug("Exec stream broke", { exec: execId, error: describe(failure) });
        this.#stdout.fail(failure);
        this.#stderr.fail(failure);
      }
    } finally {
      this.#tellBegan(this.#mark.result ?? "none");
    }
  }

  /** Counts up whenever something comes; odd while a reader is waited for. */
  #moves = 0;

  /** A child may keep the pipes for ever, and then nothing ends the stream but we. */
  async #endAfterExit(): Promise<void> {
    const { clock } = this.parts;
    await this.exit.catch(() => {});
    for (let before = -1; before !== this.#moves || before % 2 !== 0;) {
      if (this.#over.signal.aborted) return;
      before = this.#moves;
      await clock.sleep(afterExitMs, this.#over.signal);
    }
    this.#finish();
  }

  #own(bytes: Uint8Array): Uint8Array {
    if (this.#end === undefined) return bytes;
    const own = this.#end.push(this.#mark.push(bytes));
    if (this.#mark.result !== undefined) this.#tellBegan(this.#mark.result);
    if (this.#end.code !== undefined) this.#tellCode(this.#end.code);
    return own;
  }

  #finish(): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#stream.on("error", () => {}); // What the cancellation says.
    this.#stream.cancel();
    this.#stdout.close();
    this.#stderr.close();
  }
}
