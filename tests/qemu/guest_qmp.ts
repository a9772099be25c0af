/** The few QMP commands that the tests of the guest need; one command at a time. */

import type { BackgroundProcess } from "../support/command.ts";
import { waitFor } from "../support/wait.ts";

const startLimitMs = 20_000;

type Message = Readonly<Record<string, unknown>>;

export class QmpClient {
  readonly #conn: Deno.UnixConn;
  #buffer = "";

  private constructor(conn: Deno.UnixConn) {
    this.#conn = conn;
  }

  static async connect(path: string, qemu: BackgroundProcess): Promise<QmpClient> {
    let conn: Deno.UnixConn | undefined;
    await waitFor("QMP socket", { timeoutMs: startLimitMs }, async () => {
      if (!qemu.isRunning) throw new Error(`QEMU ended:\n${await qemu.log()}`);
      conn = await Deno.connect({ transport: "unix", path }).catch(() => undefined);
      return conn !== undefined;
    });
    if (conn === undefined) throw new Error("No QMP socket");
    const client = new QmpClient(conn);
    await client.#next((message) => "QMP" in message);
    await client.execute("qmp_capabilities");
    return client;
  }

  async execute(command: string, values: Message = {}): Promise<unknown> {
    const text = `${JSON.stringify({ execute: command, arguments: values })}\n`;
    await this.#conn.write(new TextEncoder().encode(text));
    const answer = await this.#next((message) => "return" in message || "error" in message);
    if ("error" in answer) throw new Error(`QMP ${command}: ${JSON.stringify(answer.error)}`);
    return answer.return;
  }

  close(): void {
    this.#conn.close();
  }

  /** The next message that fits; events are passed over. */
  async #next(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const end = this.#buffer.indexOf("\n");
      if (end >= 0) {
        const message: Message = JSON.parse(this.#buffer.slice(0, end));
        this.#buffer = this.#buffer.slice(end + 1);
        if (fits(message)) return message;
        continue;
      }
      const bytes = new Uint8Array(65_536);
      const count = await this.#conn.read(bytes);
      if (count === null) throw new Error("QEMU closed its QMP socket");
      this.#buffer += new TextDecoder().decode(bytes.subarray(0, count));
    }
  }
}
