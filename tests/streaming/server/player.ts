/**
 * Plays the client's side of a recording to a server, keeping its manners: it says its next words
 * only once the server has said as much as the recorded server had by then.
 */

import { concat, connect, headLength, type TcpWire, toText, utf8, within } from "../client/mod.ts";
import type { Recording } from "../recording.ts";

const replayTimeoutMs = 30_000;

/** What of a server's words a client can wait for; it only grows. */
export type Progress = (serverSaid: Uint8Array) => Promise<readonly number[]>;

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
export async function play(
  recording: Recording,
  url: string,
  progressOf: Progress,
): Promise<Uint8Array> {
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
      const reached = await progressOf(ours);
      return wanted.every((value, part) => (reached[part] ?? 0) >= value);
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
