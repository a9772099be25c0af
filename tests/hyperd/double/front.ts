/**
 * What clients of the double connect to: connections are passed on to its gRPC server, until they are
 * cut off all at once, as those of a process that is killed are. (A gRPC server that is shut down by
 * force beside a client of the same process ends the process.)
 */

export class Front {
  readonly #open = new Set<Deno.Conn>();
  #listener: Deno.Listener | undefined;
  #port = 0;
  #isUp = false;

  constructor(readonly targetPort: number) {}

  get port(): number {
    return this.#port;
  }

  /** Takes connections, at the same port as before. */
  listen(): void {
    this.#isUp = true;
    if (this.#listener !== undefined) return;
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#port = (listener.addr as Deno.NetAddr).port;
    this.#listener = listener;
    this.#accept(listener);
  }

  /** Cuts off those that are open, and whoever comes. */
  cut(): void {
    this.#isUp = false;
    for (const connection of this.#open) this.#close(connection);
  }

  /** For good. */
  close(): void {
    this.cut();
    this.#listener?.close();
  }

  async #accept(listener: Deno.Listener): Promise<void> {
    for await (const client of listener) {
      this.#open.add(client);
      if (!this.#isUp) {
        this.#close(client);
        continue;
      }
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.targetPort });
      this.#open.add(server);
      this.#pass(client, server);
      this.#pass(server, client);
    }
  }

  async #pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const count = await from.read(buffer);
        if (count === null) break;
        for (let done = 0; done < count;) done += await to.write(buffer.subarray(done, count));
      }
    } catch {
      // Either end has gone; the other follows.
    }
    this.#close(from);
    this.#close(to);
  }

  #close(connection: Deno.Conn): void {
    if (this.#open.delete(connection)) connection.close();
  }
}
