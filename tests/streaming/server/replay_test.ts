/** The recordings of crictl, played to frakti's server: it answers as the recorded one did. */

import assert from "node:assert/strict";
import {
  concat,
  connect,
  headLength,
  parseStatus,
  readSpdy,
  type TcpWire,
  toText,
  type Transcript,
  utf8,
  within,
} from "../client/mod.ts";
import { readRecording, type Recording, said } from "../recording.ts";
import { startTestServer, type TestServer } from "./setup.ts";

const replayTimeoutMs = 30_000;

/** What a side has said so far, as far as the other side could wait for it. */
async function progressOf(bytes: Uint8Array): Promise<{ replies: number; dataBytes: number }> {
  if (bytes.length === 0) return { replies: -1, dataBytes: 0 };
  const { replied, data } = await readSpdy(bytes);
  const dataBytes = replied.reduce((sum, id) => sum + data(id).length, 0);
  return { replies: replied.length, dataBytes };
}

/** Collects what the server says, and lets the player wait for it. */
class Listener {
  bytes: Uint8Array = new Uint8Array(0);
  #wake = () => {};
  #hasEnded = false;
  readonly ended: Promise<void>;

  constructor(readonly wire: TcpWire) {
    this.ended = this.#run().finally(() => this.#hasEnded = true);
  }

  async waitFor(isEnough: (bytes: Uint8Array) => Promise<boolean>): Promise<void> {
    while (!this.#hasEnded && !await isEnough(this.bytes)) {
      const more = new Promise<void>((resolve) => this.#wake = resolve);
      await within(replayTimeoutMs, "the server's next words", Promise.race([more, this.ended]));
    }
  }

  async #run(): Promise<void> {
    for (;;) {
      // A reset behind the last word is an end.
      const chunk = await this.wire.read().catch(() => undefined);
      if (chunk === undefined) return;
      this.bytes = concat([this.bytes, chunk]);
      this.#wake();
    }
  }
}

/** Plays the client's side to a URL and returns what the server said. */
async function play(recording: Recording, url: string): Promise<Uint8Array> {
  const { hostname, port, pathname } = new URL(url);
  const wire = await connect({ hostname, port: Number(port) });
  const listener = new Listener(wire);
  let theirs: Uint8Array = new Uint8Array(0);
  for (const [index, { from, bytes }] of recording.passages.entries()) {
    if (from === "server") {
      theirs = concat([theirs, bytes]);
      continue;
    }
    const wanted = await progressOf(theirs);
    await listener.waitFor(async (ours) => {
      const { replies, dataBytes } = await progressOf(ours);
      return replies >= wanted.replies && dataBytes >= wanted.dataBytes;
    });
    const message = index === 0 ? withPath(bytes, pathname) : bytes;
    await wire.write(message).catch(() => {}); // Behind its last word the server has hung up.
  }
  // crictl was killed at the end of a port-forward; otherwise the server is the one that ends.
  if (pathname.startsWith("/portforward/")) wire.close();
  await within(replayTimeoutMs, "the server's end", listener.ended);
  wire.close();
  return listener.bytes;
}

/** The request with another token. */
function withPath(head: Uint8Array, path: string): Uint8Array {
  const text = toText(head.subarray(0, headLength(head)));
  return concat([
    utf8(text.replace(/^(\w+) \S+/, `$1 ${path}`)),
    head.subarray(headLength(head)),
  ]);
}

/** A program that does what the recorded one was seen to do. */
function addProgram(
  test: TestServer,
  recording: Recording,
  client: Transcript,
  server: Transcript,
) {
  const stream = (type: string) =>
    client.opened.find(({ headers }) => headers.streamtype === type)?.id ?? 0;
  const expected = client.data(stream("stdin")).length;
  const end = parseStatus(server.text(stream("error")));
  test.target.morePrograms.set("recorded", async ({ stdin, write, writeError }) => {
    let seen = 0;
    if (expected > 0) {
      for await (const chunk of stdin) {
        seen += chunk.length;
        if (seen >= expected) break;
      }
    }
    await write(server.data(stream("stdout")));
    await writeError(server.data(stream("stderr")));
    return end.kind === "exit" ? end.code : 0;
  });
  return recording.client.includes(" -it ")
    ? { stdin: true, stdout: true, tty: true }
    : { stdin: expected > 0, stdout: true, stderr: true };
}

for (const name of ["exec-output", "exec-stdin", "exec-terminal", "attach"]) {
  Deno.test(`a recorded ${name} of crictl gets the recorded answer`, async () => {
    const recording = await readRecording(`spdy-${name}`);
    const client = await readSpdy(said(recording, "client"));
    const theirs = await readSpdy(said(recording, "server"));
    await using test = await startTestServer();
    const selection = addProgram(test, recording, client, theirs);
    const url = name === "attach"
      ? test.attach(["recorded"], selection)
      : test.exec(["recorded"], selection);
    const ours = await readSpdy(await play(recording, url));

    assert.match(ours.head, /^HTTP\/1\.1 101 .*X-Stream-Protocol-Version: v4\.channel\.k8s\.io/is);
    assert.deepEqual(ours.replied, theirs.replied);
    for (const { id, headers } of client.opened) {
      if (headers.streamtype === "error") {
        assert.deepEqual(parseStatus(ours.text(id)), parseStatus(theirs.text(id)));
      } else {
        assert.equal(ours.text(id), theirs.text(id), `stream ${id}, ${headers.streamtype}`);
      }
      assert.ok(ours.ended.includes(id) || ours.reset.includes(id), `stream ${id} has no end`);
    }
    assert.equal(test.target.open, 0);
  });
}

Deno.test("a recorded port-forward of crictl gets the recorded answer", async () => {
  const recording = await readRecording("spdy-port-forward");
  const client = await readSpdy(said(recording, "client"));
  const theirs = await readSpdy(said(recording, "server"));
  await using test = await startTestServer();
  const ours = await readSpdy(await play(recording, test.forward()));

  assert.deepEqual(ours.replied.toSorted(order), theirs.replied.toSorted(order));
  for (const { id } of client.opened) {
    assert.equal(ours.text(id), theirs.text(id), `stream ${id}`);
    assert.ok(ours.ended.includes(id) || ours.reset.includes(id), `stream ${id} has no end`);
  }
  assert.deepEqual(test.target.asked, ["port 7", "port 7", "port 7"]);
  assert.equal(test.target.open, 0);
});

function order(a: number, b: number): number {
  return a - b;
}
