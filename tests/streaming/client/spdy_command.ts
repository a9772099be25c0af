/** Exec and attach over SPDY, in the way of client-go's remotecommand. */

import { utf8 } from "./bytes.ts";
import { ByteQueue } from "./byte_queue.ts";
import type { CommandOptions, CommandSession } from "./session.ts";
import { SpdyConnection, type SpdyStream } from "./spdy.ts";
import { expectUpgrade, requestSpdy } from "./upgrade.ts";

/** What clients offer, best first. */
export const spdyCommandProtocols: readonly string[] = [
  "v4.channel.k8s.io",
  "v3.channel.k8s.io",
  "v2.channel.k8s.io",
  "channel.k8s.io",
];

/** Opens the URL of an Exec or Attach answer. */
export async function openSpdyCommand(
  url: string,
  options: CommandOptions,
): Promise<SpdyCommand> {
  const answer = await requestSpdy(url, options.protocols ?? spdyCommandProtocols, {
    ...(options.caCertificate === undefined ? {} : { caCertificate: options.caCertificate }),
  });
  expectUpgrade(answer);
  const protocol = answer.headers.get("x-stream-protocol-version")?.[0] ?? "";
  return await SpdyCommand.open(
    new SpdyConnection(answer.wire, options.maxStreamBytes),
    protocol,
    options,
  );
}

/** A session over SPDY. */
export class SpdyCommand implements CommandSession {
  readonly stdout: ByteQueue;
  readonly stderr: ByteQueue;
  readonly error: ByteQueue;
  readonly closed: Promise<void>;

  private constructor(
    readonly connection: SpdyConnection,
    readonly protocol: string,
    /** By `streamType`. */
    readonly streams: ReadonlyMap<string, SpdyStream>,
  ) {
    this.stdout = streams.get("stdout")?.received ?? nothing();
    this.stderr = streams.get("stderr")?.received ?? nothing();
    this.error = streams.get("error")?.received ?? nothing();
    this.closed = connection.closed;
  }

  /** Opens the streams in client-go's order and waits for each reply. */
  static async open(
    connection: SpdyConnection,
    protocol: string,
    selection: CommandOptions,
  ): Promise<SpdyCommand> {
    const hasResize = selection.tty === true && !["channel.k8s.io", "v2.channel.k8s.io"]
      .includes(protocol);
    const types = [
      "error",
      ...(["stdin", "stdout", "stderr"] as const).filter((type) => selection[type]),
      ...(hasResize ? ["resize"] : []),
    ];
    const streams = new Map<string, SpdyStream>();
    for (const streamtype of types) {
      streams.set(streamtype, await connection.openStreamAndWait({ streamtype }));
    }
    return new SpdyCommand(connection, protocol, streams);
  }

  writeStdin(bytes: Uint8Array): Promise<void> {
    return this.#stream("stdin").write(bytes);
  }

  endStdin(): Promise<void> {
    return this.#stream("stdin").end();
  }

  resize(columns: number, rows: number): Promise<void> {
    return this.#stream("resize").write(
      utf8(`${JSON.stringify({ Width: columns, Height: rows })}\n`),
    );
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  vanish(): void {
    this.connection.vanish();
  }

  #stream(type: string): SpdyStream {
    const stream = this.streams.get(type);
    if (stream === undefined) throw new Error(`This session has no ${type}`);
    return stream;
  }
}

function nothing(): ByteQueue {
  const queue = new ByteQueue();
  queue.end();
  return queue;
}
