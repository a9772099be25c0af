import assert from "node:assert/strict";
import { hasCode } from "../../lib/errors.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { silentLogger } from "../../lib/log.ts";
import { containerId } from "../ids.ts";
import { DockerAttachSession } from "./attach_session.ts";
import type { HijackedStream } from "./client/mod.ts";

const encoder = new TextEncoder();

/** A connection whose output the test gives; without `end` it is open for ever. */
class Connection implements HijackedStream {
  readonly written: string[] = [];
  readonly #chunks: (Uint8Array | undefined)[] = [];
  #wake = () => {};
  isDestroyed = false;

  readonly output: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({ next: () => this.#next() }),
  };

  arrived(): Promise<"output"> {
    return Promise.resolve("output");
  }

  gives(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#wake();
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (!this.isDestroyed && this.#chunks.length === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const value = this.isDestroyed ? undefined : this.#chunks.shift();
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  end(): void {
    this.#chunks.push(undefined);
    this.#wake();
  }

  write(bytes: Uint8Array): Promise<void> {
    this.written.push(new TextDecoder().decode(bytes));
    return Promise.resolve();
  }

  closeWrite(): Promise<void> {
    this.written.push("end");
    return Promise.resolve();
  }

  destroy(): void {
    this.isDestroyed = true;
    this.#wake();
  }
}

function attach(given: { tty?: boolean; stdin?: boolean } = {}) {
  const connection = new Connection();
  const clock = new FakeClock();
  const sizes: number[][] = [];
  const ends = { count: 0 };
  const session = new DockerAttachSession({
    containerId: containerId("c"),
    stream: connection,
    tty: given.tty ?? true,
    stdin: given.stdin ?? false,
    resize: (columns, rows) => Promise.resolve(void sizes.push([columns, rows])),
    onEnd: () => ends.count++,
    clock,
    log: silentLogger,
  });
  return { connection, clock, session, sizes, ends };
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += new TextDecoder().decode(chunk);
  return text;
}

Deno.test("the end of the connection ends the session and frees everything once", async () => {
  const { connection, session, ends, clock } = attach();
  connection.gives(encoder.encode("last"));
  connection.end();
  assert.deepEqual([await textOf(session.stdout), await textOf(session.stderr)], ["last", ""]);
  await session.close();
  assert.deepEqual([connection.isDestroyed, ends.count, clock.pending], [true, 1, 0]);
});

Deno.test("after the container's end a connection that stays silent is taken for done", async () => {
  const { connection, session, clock, ends } = attach();
  const text = textOf(session.stdout);
  const ended = session.containerEnded();
  await clock.advance(2_900);
  connection.gives(encoder.encode("late"));
  await clock.advance(2_900);
  assert.equal(ends.count, 0);
  await clock.advance(4_000);
  await ended;
  assert.equal(await text, "late");
  assert.deepEqual([ends.count, clock.pending], [1, 0]);
});

Deno.test("after the container's end a reader may still take its time, within the limit", async () => {
  const { connection, session, clock } = attach();
  connection.gives(new Uint8Array(1 << 20));
  const ended = session.containerEnded();
  await clock.advance(9_000);
  const reader = session.stdout.getReader();
  assert.equal((await reader.read()).value?.length, 1 << 20);
  await clock.advance(7_000);
  await ended;
  assert.equal((await reader.read()).done, true);
});

Deno.test("a reader that takes nothing is detached, and told so", async () => {
  const { connection, session, clock, ends } = attach();
  connection.gives(new Uint8Array(1 << 20));
  await clock.advance(10_000);
  assert.deepEqual([connection.isDestroyed, ends.count, clock.pending], [true, 1, 0]);
  await assert.rejects(textOf(session.stdout), (error) => hasCode(error, "ResourceExhausted"));
});

Deno.test("bytes that are no frames break the session, not frakti", async () => {
  const { connection, session } = attach({ tty: false });
  connection.gives(encoder.encode("these are no frames"));
  await assert.rejects(textOf(session.stdout));
  await assert.rejects(textOf(session.stderr));
  assert.ok(connection.isDestroyed);
});

Deno.test("input goes to the container with its end, and only where it was asked for", async () => {
  const { connection, session } = attach({ stdin: true });
  const writer = session.stdin?.getWriter();
  await writer?.write(encoder.encode("in"));
  await writer?.close();
  assert.deepEqual(connection.written, ["in", "end"]);
  assert.equal(attach().session.stdin, undefined);
  await session.close();
});

Deno.test("only a terminal that is still there takes sizes, and only real ones", async () => {
  const { session, sizes } = attach();
  await session.resize(80, 24);
  await session.resize(0, 24);
  await session.close();
  await session.resize(81, 24);
  assert.deepEqual(sizes, [[80, 24]]);
  const plain = attach({ tty: false });
  await plain.session.resize(80, 24);
  assert.deepEqual(plain.sizes, []);
  await plain.session.close();
});
