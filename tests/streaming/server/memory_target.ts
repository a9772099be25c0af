/**
 * A target of the streaming server without containers: programs (programs.ts) run on streams in
 * memory, ports lead to behaviours like those of a pod's servers. Counts what is open, so that a
 * test sees what the server forgot to free.
 */

import type {
  AttachRequest,
  AttachSession,
  ExecRequest,
  ExecSession,
  PodConnection,
} from "../../../src/engines/domain.ts";
import type { ContainerId, SandboxId } from "../../../src/engines/ids.ts";
import { failedPrecondition, unavailable } from "../../../src/lib/errors.ts";
import type { StreamingTarget } from "../../../src/streaming/target.ts";
import { hashOf, pattern } from "../pattern.ts";
import { type Program, programs, type ProgramStreams } from "./programs.ts";

/** Ports that something listens on. */
export const memoryPorts = { echo: 7, sum: 1001, source: 1002, silent: 1003 } as const;

export const sourceBytes = 300_000;

/** See the module comment. */
export class MemoryTarget implements StreamingTarget {
  /** Sessions and connections that are not over. */
  open = 0;
  /** Processes that were killed rather than ended. */
  killed = 0;
  /** Commands and ports, in the order they were asked for. */
  readonly asked: string[] = [];
  /** For commands that programs.ts does not know. */
  readonly morePrograms = new Map<string, Program>();

  async exec(_id: ContainerId, request: ExecRequest): Promise<ExecSession> {
    await request.mayStart;
    this.asked.push(request.command.join(" "));
    const process = this.#start(request.command, request.stdin);
    return {
      ...process.streams,
      kill: async () => {
        if (process.kill()) this.killed++;
      },
    };
  }

  /** Attaches to what the container's id says: a command. */
  async attach(id: ContainerId, request: AttachRequest): Promise<AttachSession> {
    this.asked.push(`attach ${id}`);
    const process = this.#start(String(id).split(" "), request.stdin);
    return {
      ...process.streams,
      close: async () => {
        process.kill();
      },
    };
  }

  #start([name = "", ...args]: readonly string[], hasStdin: boolean): MemoryProcess {
    if (name === "refuse") throw failedPrecondition("The container has just ended");
    const program = this.morePrograms.get(name) ?? programs[name];
    if (program === undefined) throw failedPrecondition(`There is no program "${name}"`);
    this.open++;
    return new MemoryProcess(program, args, hasStdin, () => this.open--);
  }

  async dial(_id: SandboxId, port: number): Promise<PodConnection> {
    this.asked.push(`port ${port}`);
    const behaviour = behaviours[port];
    if (behaviour === undefined) throw unavailable(`Cannot connect to port ${port}: refused`);
    const toPod = new TransformStream<Uint8Array, Uint8Array>();
    const toClient = new TransformStream<Uint8Array, Uint8Array>();
    const writer = toClient.writable.getWriter();
    let isOpen = true;
    const release = () => {
      if (isOpen) this.open--;
      isOpen = false;
    };
    this.open++;
    behaviour(toPod.readable, (bytes) => writer.write(bytes))
      .then(() => writer.close())
      .then(release, release);
    return {
      readable: toClient.readable,
      writable: toPod.writable,
      close: () => {
        release();
        const gone = new Error("The connection was closed");
        for (const stream of [toPod.writable, writer]) stream.abort(gone).catch(ignore);
      },
    };
  }
}

type PodBehaviour = (
  incoming: ReadableStream<Uint8Array>,
  write: (bytes: Uint8Array) => Promise<void>,
) => Promise<void>;

const behaviours: Readonly<Record<number, PodBehaviour>> = {
  [memoryPorts.echo]: async (incoming, write) => {
    for await (const chunk of incoming) await write(chunk.slice()); // It is only lent.
  },
  [memoryPorts.sum]: async (incoming, write) => {
    const { bytes, hash } = await hashOf(incoming);
    await write(new TextEncoder().encode(`${bytes} ${hash}`));
  },
  [memoryPorts.source]: async (_incoming, write) => {
    for (const chunk of pattern(sourceBytes)) await write(chunk);
  },
  [memoryPorts.silent]: () => new Promise(() => {}),
};

/** A program that runs. */
class MemoryProcess {
  readonly streams: Omit<ExecSession, "kill">;
  readonly #killed = new AbortController();
  readonly #pipes: WritableStreamDefaultWriter<Uint8Array>[] = [];
  readonly #stdin = new TransformStream<Uint8Array, Uint8Array>();
  #isOver = false;

  constructor(program: Program, args: readonly string[], hasStdin: boolean, onEnd: () => void) {
    const [stdout, stderr] = [this.#pipe(), this.#pipe()];
    const sizes: string[] = [];
    let wake = () => {};
    const run: ProgramStreams = {
      args,
      sizes,
      stdin: hasStdin ? untilBroken(this.#stdin.readable) : nothing(),
      write: (bytes) => stdout.writer.write(bytes),
      writeError: (bytes) => stderr.writer.write(bytes),
      nextSize: () => new Promise<void>((resolve) => wake = resolve),
      killed: this.#killed.signal,
    };
    const killed = new Promise<number>((resolve) => {
      this.#killed.signal.addEventListener("abort", () => resolve(137), { once: true });
    });
    // Writing to a reader that left ends a process, too, as SIGPIPE does.
    const ended = program(run).catch(() => 141);
    const exit = Promise.race([ended, killed]).finally(() => {
      this.#isOver = true;
      onEnd();
    });
    ended.then(() => this.#close());
    this.streams = {
      ...(hasStdin ? { stdin: this.#stdin.writable } : {}),
      stdout: stdout.readable,
      stderr: stderr.readable,
      exit,
      resize: async (columns, rows) => {
        sizes.push(`${columns}x${rows}`);
        wake();
      },
    };
  }

  /** True when it was still running. */
  kill(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#killed.abort();
    this.#close();
    this.#stdin.writable.abort(new Error("The process was killed")).catch(ignore);
    return true;
  }

  #pipe() {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    this.#pipes.push(writer);
    return { readable, writer };
  }

  #close(): void {
    for (const pipe of this.#pipes) pipe.close().catch(ignore);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** A client that vanishes is the end of stdin. */
async function* untilBroken(stdin: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stdin.getReader();
  for (;;) {
    const { value } = await reader.read().catch(() => ({ value: undefined }));
    if (value === undefined) return;
    yield value;
  }
}

/** Streams that are closed or broken already cannot be closed again. */
function ignore(): void {}
