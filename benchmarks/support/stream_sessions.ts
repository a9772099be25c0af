/**
 * Many sessions one after another on a streaming server without containers, in a process of its
 * own, whose memory and files are looked at meanwhile.
 */

import { openFiles } from "../../tests/streaming/processes.ts";
import {
  openSpdyCommand,
  openSpdyForward,
  openTunnelForward,
  openWebSocketCommand,
  outcome,
  utf8,
} from "../../tests/streaming/client/mod.ts";
import { memoryPorts } from "../../tests/streaming/server/memory_target.ts";
import { residentBytes } from "./process_usage.ts";
import { showProgress } from "./report.ts";

const program = new URL("stream_server.ts", import.meta.url).pathname;
/** As the built file has them (scripts/build.sh). */
const v8Flags = "--v8-flags=--max-semi-space-size=2,--max-old-space-size=1024";
const sampleCount = 10;

/** What the server used after so many sessions. */
export interface SessionSample {
  readonly sessions: number;
  readonly residentBytes: number;
  readonly files: number;
  readonly perSecond: number;
}

/** Runs `count` sessions of all kinds. */
export async function measureSessions(count: number) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", v8Flags, program],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const server = new ServerProcess(child);
  try {
    const samples: SessionSample[] = [];
    const part = Math.ceil(count / sampleCount);
    for (let sample = 1; sample <= sampleCount; sample++) {
      showProgress(`sessions: ${sample} of ${sampleCount} parts`);
      const startMs = performance.now();
      for (let index = 0; index < part; index++) await kinds[index % kinds.length]?.(server);
      samples.push({
        sessions: part * sample,
        residentBytes: await residentBytes(child.pid),
        files: await openFiles(child.pid),
        perSecond: part * 1000 / (performance.now() - startMs),
      });
    }
    const half = samples[sampleCount / 2 - 1]?.residentBytes ?? NaN;
    const last = samples.at(-1)?.residentBytes ?? NaN;
    return { samples, growthBytes: last - half };
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
}

/** Asks the process for URLs, line by line. */
class ServerProcess {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #pending = "";

  constructor(child: Deno.ChildProcess) {
    this.#writer = child.stdin.getWriter();
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** `kind` is a line that stream_server.ts understands. */
  async url(kind: "cat" | "true" | "forward"): Promise<string> {
    await this.#writer.write(utf8(`${kind}\n`));
    while (!this.#pending.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("The server has ended");
      this.#pending += value;
    }
    const [line = "", ...rest] = this.#pending.split("\n");
    this.#pending = rest.join("\n");
    return line;
  }
}

const streams = { stdin: true, stdout: true, stderr: true };

/** The kinds of sessions that take turns. */
const kinds: readonly ((server: ServerProcess) => Promise<void>)[] = [
  async (server) => {
    const session = await openSpdyCommand(await server.url("cat"), streams);
    await expectEcho(session);
  },
  async (server) => {
    const session = await openWebSocketCommand(await server.url("cat"), {
      ...streams,
      protocols: ["v5.channel.k8s.io"],
    });
    await expectEcho(session);
  },
  (server) => expectForward(server, openSpdyForward),
  (server) => expectForward(server, openTunnelForward),
  async (server) => {
    // One that leaves in the middle.
    const session = await openSpdyCommand(await server.url("cat"), streams);
    await session.writeStdin(utf8("half a word"));
    session.vanish();
    await session.closed;
  },
];

async function expectEcho(
  session:
    | Awaited<ReturnType<typeof openSpdyCommand>>
    | Awaited<
      ReturnType<typeof openWebSocketCommand>
    >,
): Promise<void> {
  await session.writeStdin(utf8("hello"));
  await session.endStdin();
  if (await session.stdout.text() !== "hello") throw new Error("Not what was said");
  if ((await outcome(session)).kind !== "success") throw new Error("The program failed");
  await session.closed;
}

async function expectForward(
  server: ServerProcess,
  open: typeof openSpdyForward,
): Promise<void> {
  const forward = await open(await server.url("forward"));
  const connection = await forward.connect(memoryPorts.echo);
  await connection.write(utf8("hello"));
  await connection.end();
  if (await connection.received.text() !== "hello") throw new Error("Not what was said");
  await forward.close();
}
