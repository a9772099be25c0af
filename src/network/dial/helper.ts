/**
 * The helper: this program once more, started by frakti inside the network namespace of a pod
 * (`frakti dial-helper SOCKET`, pod_dialer.ts). It connects to ports of localhost there for as long
 * as its stdin is open, and ends with it, however frakti ended. It must stay small: nothing is
 * imported here but what it needs.
 */

import type { Clock } from "../../lib/clock.ts";
import { describe } from "../../lib/errors.ts";
import { writeAll } from "../../lib/files.ts";
import { connectTcp, connectTimeoutMs } from "./dial_localhost.ts";
import { connectLocalhost } from "./localhost.ts";
import { numberToClose, readRequest, readyLine, sendAnswer } from "./protocol.ts";
import { closeQuietly, relay } from "./relay.ts";

export interface HelperParts {
  readonly clock: Clock;
  /** frakti's words; its end is the helper's. */
  readonly stdin: ReadableStream<Uint8Array>;
  readonly stdout: { write(bytes: Uint8Array): Promise<number> };
}

/** Serves until stdin ends. The socket, which only root may use, is left for frakti to remove. */
export async function runDialHelper(socketPath: string, parts: HelperParts): Promise<void> {
  Deno.umask(0o177);
  using listener = Deno.listen({ transport: "unix", path: socketPath });
  const helper = new DialHelper(parts.clock);
  helper.accept(listener);
  await writeAll(parts.stdout, new TextEncoder().encode(`${readyLine}\n`));
  for await (const line of linesOf(parts.stdin)) {
    const number = numberToClose(line);
    if (number !== undefined) helper.close(number);
  }
}

class DialHelper {
  readonly #open = new Map<number, () => void>();

  constructor(readonly clock: Clock) {}

  async accept(listener: Deno.Listener): Promise<void> {
    for await (const connection of listener) {
      this.#serve(connection).catch(() => closeQuietly(connection)); // frakti has gone from it.
    }
  }

  /** Cuts a connection off; nothing happens when it has ended. */
  close(number: number): void {
    this.#open.get(number)?.();
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    const { number, port } = await readRequest(connection);
    const target = await this.#connect(connection, port);
    if (target === undefined) return connection.close();
    this.#open.set(number, () => closeQuietly(connection, target));
    try {
      await sendAnswer(connection);
      await relay(connection, target);
    } finally {
      closeQuietly(target);
      this.#open.delete(number);
    }
  }

  async #connect(connection: Deno.Conn, port: number): Promise<Deno.Conn | undefined> {
    try {
      const { clock } = this;
      const options = { clock, timeoutMs: connectTimeoutMs, connect: connectTcp };
      return await connectLocalhost(port, options);
    } catch (error) {
      // What was attempted frakti says itself, with the pod's name.
      const reason = error instanceof Error ? error.cause ?? error : error;
      await sendAnswer(connection, describe(reason));
      return undefined;
    }
  }
}

const maxLineChars = 64;

async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of bytes) {
    const lines = (text + decoder.decode(chunk, { stream: true })).split("\n");
    text = (lines.pop() ?? "").slice(0, maxLineChars);
    yield* lines;
  }
}
