import assert from "node:assert/strict";
import { unavailable } from "../../lib/errors.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { openContainerLog } from "../../logs/mod.ts";
import type { OutputChunk } from "./agent/mod.ts";
import { type Chunks, ContainerOutput } from "./container_output.ts";

const encoder = new TextEncoder();

/** What a guest sends of one stream on one connection. */
class FakeChunks implements Chunks {
  doneOffset = 0;
  readonly #chunks: OutputChunk[] = [];
  #end: (() => void) | undefined;
  #wake: () => void = () => {};

  constructor(lines: readonly string[] = [], first = 0) {
    lines.forEach((line, index) => this.say(line, first + index));
  }

  /** A line; its time and place follow from its number. */
  say(line: string, number: number): void {
    const bytes = encoder.encode(`${line}\n`);
    const timeNs = 1_000_000_000n * BigInt(number + 1);
    this.#chunks.push({ bytes, timeNs, offset: number * 100 });
    this.#wake();
  }

  end(): void {
    this.#end = () => {};
    this.#wake();
  }

  /** The connection is lost; what came can still be read. */
  fail(): void {
    this.#end = () => {
      throw unavailable("The connection is lost");
    };
    this.#wake();
  }

  done(offset: number): void {
    this.doneOffset = offset;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OutputChunk> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#end !== undefined) return this.#end();
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

interface Fixture {
  readonly output: ContainerOutput;
  /** Lets attached clients take what they were given. */
  readonly take: () => void;
  readonly clock: FakeClock;
  /** What is in the log, without times and tags. */
  lines(): Promise<string[]>;
}

async function withOutput(
  body: (fixture: Fixture) => Promise<void>,
  isSlow = false,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  const clock = new FakeClock();
  const path = `${dir}/log`;
  const log = await openContainerLog(
    { path, format: "tagged", maxSizeBytes: 0 },
    { clock, onProblem: ({ kind }) => assert.fail(kind) },
  );
  const gate = Promise.withResolvers<void>();
  if (!isSlow) gate.resolve();
  const hub = { give: () => gate.promise, end: () => {} };
  const output = new ContainerOutput({ log, hub, clock, onInterruption: () => {} });
  try {
    const lines = async () =>
      (await Deno.readTextFile(path)).split("\n").slice(0, -1).map((line) =>
        line.split(" ").slice(3).join(" ")
      );
    await body({ output, take: gate.resolve, clock, lines });
  } finally {
    await output.close();
    await Deno.remove(dir, { recursive: true });
  }
}

const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

Deno.test("output is complete when its streams have ended and is acknowledged then", () =>
  withOutput(async ({ output, lines }) => {
    const [stdout, stderr] = [new FakeChunks(["out"]), new FakeChunks(["err"])];
    output.follow("stdout", stdout, false);
    output.follow("stderr", stderr, false);
    stdout.end();
    stderr.end();
    assert.equal(await output.drained(), "complete");
    assert.deepEqual((await lines()).sort(), ["err", "out"]);
    assert.equal(stdout.doneOffset, "out\n".length);
  }));

Deno.test("output that breaks off is interrupted, and one that does not end is late", () =>
  withOutput(async ({ output, clock }) => {
    const broken = new FakeChunks(["some"]);
    output.follow("stdout", broken, false);
    broken.fail();
    assert.equal(await output.drained(), "interrupted");
    output.takeOver();
    output.follow("stdout", new FakeChunks(), true);
    const drained = output.drained();
    await clock.advance(90_000);
    assert.equal(await drained, "late");
  }));

Deno.test("who waits for the end goes on with the connection that takes over", () =>
  withOutput(async ({ output, lines }) => {
    const broken = new FakeChunks(["one"]);
    output.follow("stdout", broken, false);
    await turn();
    const next = new FakeChunks(["one", "two"]);
    const drained = output.drained();
    broken.fail();
    output.takeOver();
    output.follow("stdout", next, true);
    next.end();
    assert.equal(await drained, "complete");
    assert.deepEqual(await lines(), ["one", "two"]);
  }));

Deno.test("what a lost connection had brought and nobody had written is written once", () =>
  withOutput(async ({ output, take, lines }) => {
    const former = new FakeChunks(["one", "two", "three"]);
    output.follow("stdout", former, false);
    await turn(); // Who is attached does not take the first line.
    former.fail();
    output.takeOver();
    const next = new FakeChunks(["one", "two", "three", "four"]);
    output.follow("stdout", next, true);
    next.end();
    const drained = output.drained();
    await turn();
    assert.deepEqual(await lines(), ["one"]);
    take();
    assert.equal(await drained, "complete");
    assert.deepEqual(await lines(), ["one", "two", "three", "four"]);
  }, true));
