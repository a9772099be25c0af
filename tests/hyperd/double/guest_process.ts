/**
 * A process in a guest or one of its containers: with pipes or a terminal, its output handed on as
 * it comes, its input at hyperd's pace.
 */

import { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import { tryRun } from "../../support/command.ts";

/** Who gets output; resolves when there is room for more. */
export type Sink = (stream: "stdout" | "stderr", bytes: Uint8Array) => Promise<void> | void;

export interface GuestProcessOptions {
  /** The whole command, from the node. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly tty: boolean;
  readonly inputBytesPerSecond: number;
}

const packetBytes = 16;
const tickMs = 20;

/** How a process ended. */
export interface Ending {
  readonly code: number;
  /** A signal ended it. */
  readonly signalled: boolean;
}

export class GuestProcess {
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #sinks = new Set<Sink>();
  readonly #input: Uint8Array[] = [];
  #inputBytes = 0;
  #inputEnds = false;
  #feeding = false;
  readonly #drained: Promise<void>;

  constructor(readonly options: GuestProcessOptions) {
    const [program = "", ...args] = options.tty
      ? ["script", "-qec", `exec ${options.command.map(quoted).join(" ")}`, "/dev/null"]
      : options.command;
    this.#child = spawn(program, args, { env: { ...options.env }, stdio: "pipe" });
    const outputs = [this.#child.stdout, this.#child.stderr];
    this.#drained = Promise.all(outputs.map((output, index) => {
      if (output === null) return;
      const name = index === 0 ? "stdout" : "stderr";
      return (async () => {
        for await (const chunk of output) {
          await Promise.all([...this.#sinks].map((sink) => sink(name, new Uint8Array(chunk))));
        }
      })().catch(() => {}); // Torn down under our hands.
    })).then(() => {});
    this.#child.stdin?.on("error", () => this.#input.splice(0));
    this.ended = new Promise((resolve) => {
      this.#child.on("error", () => resolve({ code: 127, signalled: false }));
      this.#child.on("exit", (code, signal) => {
        const signalled = signal !== null || (options.tty && (code ?? 0) > 128);
        resolve({ code: code ?? 0, signalled });
      });
    });
  }

  /** Resolves when all output was handed on. */
  get drained(): Promise<void> {
    return this.#drained;
  }

  /** Input that the process has not taken. */
  get pendingInputBytes(): number {
    return this.#inputBytes;
  }

  listen(sink: Sink): () => void {
    this.#sinks.add(sink);
    return () => this.#sinks.delete(sink);
  }

  write(bytes: Uint8Array): void {
    this.#input.push(bytes);
    this.#inputBytes += bytes.length;
    if (!this.#feeding) this.#feed();
  }

  endInput(): void {
    this.#inputEnds = true;
    if (!this.#feeding) this.#feed();
  }

  /** The process itself, as the node numbers it; undefined once it is gone. */
  async pid(): Promise<number | undefined> {
    // script, its shell that became nsenter, the process; without a terminal one less.
    let pid = this.#child.pid;
    for (let level = 0; level < (this.options.tty ? 2 : 1); level++) {
      if (pid === undefined) return undefined;
      pid = await childOf(pid);
    }
    return pid;
  }

  async signal(number: number): Promise<void> {
    const pid = await this.pid();
    if (pid !== undefined) await tryRun("kill", [`-${number}`, String(pid)]);
  }

  async resize(columns: number, rows: number): Promise<void> {
    const pid = await this.pid();
    await tryRun("stty", [
      ...["-F", `/proc/${pid}/fd/0`, "cols", String(columns), "rows", String(rows)],
    ]);
  }

  async #feed(): Promise<void> {
    this.#feeding = true;
    const perTick = Math.max(
      packetBytes,
      Math.floor(this.options.inputBytesPerSecond * tickMs / 1000),
    );
    while (this.#input.length > 0) {
      const [first = new Uint8Array(0)] = this.#input;
      const piece = first.subarray(0, perTick);
      if (piece.length === first.length) this.#input.shift();
      else this.#input[0] = first.subarray(piece.length);
      await new Promise<void>((resolve) => {
        const stdin = this.#child.stdin;
        if (stdin === null || stdin.destroyed) return resolve();
        stdin.once("error", () => resolve());
        stdin.write(Buffer.from(piece), () => resolve());
      });
      this.#inputBytes -= piece.length;
      if (this.#input.length > 0) await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
    this.#feeding = false;
    if (this.#inputEnds) this.#child.stdin?.end();
  }
}

/** The first child of a process; waits a little for it to be there. */
export async function childOf(pid: number): Promise<number | undefined> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
      const [first] = text.trim().split(" ");
      if (first !== undefined && first !== "") return Number(first);
    } catch {
      return undefined; // It is gone.
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
