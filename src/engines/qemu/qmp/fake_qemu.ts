/**
 * A QEMU's end of a QMP connection for unit tests: answers commands with what the test says, sends
 * events and nonsense on request.
 */

import type { QmpTransport } from "./client.ts";
import { asObject, type Json, type JsonObject, textOf } from "./messages.ts";

/** Answers one command; an Error becomes QEMU's refusal, undefined no answer at all. */
export type Respond = (command: string, args: JsonObject) => Json | Error | undefined;

/** The fake. `transport` is what the client gets. */
export class FakeQemu {
  readonly transport: QmpTransport;
  /** Every command in order. */
  readonly commands: string[] = [];
  isClosed = false;
  readonly #toClient: WritableStreamDefaultWriter<Uint8Array>;

  constructor(respond: Respond, greeting: string | undefined = '{"QMP":{"version":{}}}') {
    const toClient = new TransformStream<Uint8Array, Uint8Array>();
    const fromClient = new TransformStream<Uint8Array, Uint8Array>();
    this.#toClient = toClient.writable.getWriter();
    this.transport = {
      readable: toClient.readable,
      writable: fromClient.writable,
      close: () => {
        this.isClosed = true;
        this.end();
      },
    };
    this.#serve(fromClient.readable, respond);
    if (greeting !== undefined) this.send(greeting);
  }

  /** Sends a line as it is. */
  send(line: string): void {
    this.#toClient.write(new TextEncoder().encode(`${line}\r\n`)).catch(() => {
      this.isClosed = true;
    });
  }

  sendEvent(event: string, data: JsonObject = {}): void {
    this.send(JSON.stringify({ event, data, timestamp: { seconds: 1, microseconds: 2 } }));
  }

  /** Closes the connection from QEMU's side. */
  end(): void {
    this.#toClient.close().catch(() => {
      this.isClosed = true;
    });
  }

  async #serve(input: ReadableStream<Uint8Array>, respond: Respond): Promise<void> {
    const lines = input.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
    let rest = "";
    for await (const text of lines) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) this.#answer(part, respond);
    }
  }

  #answer(line: string, respond: Respond): void {
    const request: JsonObject = JSON.parse(line);
    const command = textOf(request["execute"]);
    const id = request["id"] ?? null;
    this.commands.push(command);
    const answer = command === "qmp_capabilities"
      ? {}
      : respond(command, asObject(request["arguments"]) ?? {});
    if (answer === undefined) return;
    this.send(
      answer instanceof Error
        ? JSON.stringify({ id, error: { class: "GenericError", desc: answer.message } })
        : JSON.stringify({ id, return: answer }),
    );
  }
}
