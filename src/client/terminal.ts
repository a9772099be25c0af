/**
 * The terminal as an effect: where the commands for people print and what they read. Writes are
 * synchronous, so that a slow reader slows the command down instead of filling its memory.
 */

import { internal } from "../lib/errors.ts";

/** Size of a terminal in cells. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Where a command runs. */
export interface Terminal {
  /** Writes all of it. @throws Deno.errors.BrokenPipe when the reader has gone. */
  out(data: string | Uint8Array): void;
  err(data: string | Uint8Array): void;
  /** Whether standard output, input and error are a terminal. */
  readonly isOutTerminal: boolean;
  readonly isInTerminal: boolean;
  readonly isErrTerminal: boolean;
  /** The size of the terminal that standard output is, or undefined. */
  size(): TerminalSize | undefined;
  /** Calls `listener` when the size changes; the returned function ends that. */
  onResize(listener: () => void): () => void;
  /**
   * Hands keys over as they are typed and output as it is, without echo; the returned function
   * ends that. A signal that ends the program meanwhile ends it as well.
   */
  makeRaw(): () => void;
  /** The next bytes of standard input; undefined at its end. */
  read(): Promise<Uint8Array | undefined>;
}

const readBytes = 32 * 1024;

const endingSignals = ["SIGTERM", "SIGHUP"] as const;

/** What a shell makes of a program that SIGTERM ended. */
const exitTerminated = 143;

/** Sets the terminal that is our standard input. */
function stty(...args: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command("stty", {
    args: [...args],
    stdin: "inherit",
  }).outputSync();
  if (success) return new TextDecoder().decode(stdout);
  throw internal(`Cannot set the terminal: ${new TextDecoder().decode(stderr).trim()}`);
}

/** The terminal, or the pipes, of this process. */
export const systemTerminal: Terminal = {
  out: (data) => writeAllSync(Deno.stdout, data),
  err: (data) => writeAllSync(Deno.stderr, data),
  get isOutTerminal() {
    return Deno.stdout.isTerminal();
  },
  get isInTerminal() {
    return Deno.stdin.isTerminal();
  },
  get isErrTerminal() {
    return Deno.stderr.isTerminal();
  },
  size() {
    if (!Deno.stdout.isTerminal()) return undefined;
    const { columns, rows } = Deno.consoleSize();
    return columns > 0 ? { columns, rows } : undefined;
  },
  onResize(listener) {
    Deno.addSignalListener("SIGWINCH", listener);
    return () => Deno.removeSignalListener("SIGWINCH", listener);
  },
  makeRaw() {
    // Deno.stdin.setRaw leaves output processing on, and "\n" would go to the line's beginning.
    const before = stty("-g").trim();
    stty("raw", "-echo");
    const undo = () => void stty(before);
    const end = () => {
      undo();
      Deno.exit(exitTerminated);
    };
    for (const signal of endingSignals) Deno.addSignalListener(signal, end);
    return () => {
      for (const signal of endingSignals) Deno.removeSignalListener(signal, end);
      undo();
    };
  },
  async read() {
    const buffer = new Uint8Array(readBytes);
    const count = await Deno.stdin.read(buffer);
    return count === null ? undefined : buffer.subarray(0, count);
  },
};

function writeAllSync(
  target: { writeSync(bytes: Uint8Array): number },
  data: string | Uint8Array,
): void {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  for (let done = 0; done < bytes.length;) done += target.writeSync(bytes.subarray(done));
}
