/**
 * A TCP proxy that keeps what passes. crictl gets the server's real address from the CRI, so a rule
 * of the environment's own iptables leads its connections here: it runs as another user than we do.
 */

import { freePort } from "../support/ports.ts";
import { run } from "../support/mod.ts";
import type { Passage } from "./recording.ts";

/** The user whose connections are led to the recorder; any but root. */
export const recordedUser = 65534;

const maxRecordedBytes = 64 * 1024; // Fixtures are to be small.
const settleMs = 2_000;

/** A running proxy for one connection. */
export class Recorder implements AsyncDisposable {
  readonly #passages: Passage[] = [];
  readonly #rule: readonly string[];
  readonly #listener: Deno.Listener;
  readonly #done: Promise<void>;

  private constructor(listener: Deno.Listener, rule: readonly string[], serverPort: number) {
    this.#listener = listener;
    this.#rule = rule;
    this.#done = this.#serve(serverPort);
  }

  /** Records the next connection of {@linkcode recordedUser} to a port of this machine. */
  static async start(serverPort: number): Promise<Recorder> {
    const port = freePort();
    const listener = Deno.listen({ hostname: "127.0.0.1", port });
    const rule = [
      ...["OUTPUT", "-p", "tcp", "-d", "127.0.0.1", "--dport", String(serverPort)],
      ...["-m", "owner", "--uid-owner", String(recordedUser)],
      ...["-j", "REDIRECT", "--to-ports", String(port)],
    ];
    await run("iptables", ["-t", "nat", "-A", ...rule]);
    return new Recorder(listener, rule, serverPort);
  }

  /** What passed, once both sides have ended or nothing more is said for a while. */
  async passages(): Promise<readonly Passage[]> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, settleMs));
    await Promise.race([this.#done, late]);
    return this.#passages;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await run("iptables", ["-t", "nat", "-D", ...this.#rule]);
  }

  async #serve(serverPort: number): Promise<void> {
    using client = await this.#listener.accept();
    using server = await Deno.connect({ hostname: "127.0.0.1", port: serverPort });
    // A side that was killed breaks the connection: for a recording, an end like any other.
    await Promise.allSettled([
      this.#copy("client", client, server),
      this.#copy("server", server, client),
    ]);
  }

  async #copy(from: Passage["from"], source: Deno.Conn, target: Deno.Conn): Promise<void> {
    let bytes = 0;
    for (;;) {
      const buffer = new Uint8Array(16 * 1024);
      const count = await source.read(buffer);
      if (count === null) break;
      bytes += count;
      if (bytes > maxRecordedBytes) throw new Error("Too much for a fixture");
      const chunk = buffer.subarray(0, count);
      this.#passages.push({ from, bytes: chunk });
      let written = 0;
      while (written < count) written += await target.write(chunk.subarray(written));
    }
    await target.closeWrite();
  }
}
