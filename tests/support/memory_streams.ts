/**
 * What processes of the in-memory engine read and write: a container that behaves as if it ran
 * `cat`, and a connection to a listener that echoes.
 */

import type {
  AttachRequest,
  AttachSession,
  ContainerBase,
  PodConnection,
} from "../../src/engines/domain.ts";
import { OutputPipe } from "../../src/lib/output_pipe.ts";

interface Attacher {
  readonly wantsStdout: boolean;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
}

/** A running container: what comes into its stdin goes out to everybody who is attached. */
export class MemoryProcess {
  readonly #attachers = new Set<Attacher>();
  /** The size its terminal was last given, as [columns, rows]. */
  terminal: readonly [number, number] | undefined;

  /** `onEnd`: its stdin has ended, and so it ends. */
  constructor(
    readonly container: Pick<ContainerBase, "tty" | "stdin" | "stdinOnce">,
    readonly onEnd: () => void,
  ) {}

  attach(request: AttachRequest): AttachSession {
    const { tty, stdin, stdinOnce } = this.container;
    const attacher: Attacher = {
      wantsStdout: request.stdout,
      stdout: new OutputPipe(),
      stderr: new OutputPipe(),
    };
    this.#attachers.add(attacher);
    const detach = () => {
      this.#attachers.delete(attacher);
      attacher.stdout.close();
      attacher.stderr.close();
    };
    if (tty) attacher.stderr.close();
    const endStdin = stdinOnce && !tty ? () => this.onEnd() : detach;
    const input = new WritableStream<Uint8Array>({
      write: (chunk) => this.#say(chunk),
      close: endStdin,
      abort: endStdin,
    });
    return {
      ...(request.stdin && stdin ? { stdin: input } : {}),
      stdout: attacher.stdout.readable,
      stderr: attacher.stderr.readable,
      resize: (columns, rows) => {
        if (tty) this.terminal = [columns, rows];
        return Promise.resolve();
      },
      close: () => {
        detach();
        if (request.stdin && stdin && stdinOnce && !tty) this.onEnd();
        return Promise.resolve();
      },
    };
  }

  /** The process has ended, and with it what is attached. */
  end(): void {
    for (const { stdout, stderr } of this.#attachers) {
      stdout.close();
      stderr.close();
    }
    this.#attachers.clear();
  }

  async #say(chunk: Uint8Array): Promise<void> {
    const readers = [...this.#attachers].filter(({ wantsStdout }) => wantsStdout);
    await Promise.all(readers.map(({ stdout }) => stdout.write(chunk.slice())));
  }
}

/** A connection to a listener that sends back what it gets, and ends when its client has. */
export function echoConnection(): PodConnection {
  const pipe = new OutputPipe();
  return {
    readable: pipe.readable,
    writable: new WritableStream({
      write: (chunk) => pipe.write(chunk.slice()),
      close: () => pipe.close(),
      abort: (reason) => pipe.fail(reason),
    }),
    close: () => pipe.close(),
  };
}
