import assert from "node:assert/strict";
import { unavailable } from "../../lib/errors.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { type LogEntry, type LogOptions, openContainerLog } from "../../logs/mod.ts";
import { containerWindowBytes, type OutputChunk } from "./agent/mod.ts";
import { type Chunks, ContainerOutput } from "./container_output.ts";

const encoder = new TextEncoder();

const secondsNs = (seconds: number) => 1_000_000_000n * BigInt(seconds);

/** What a guest sends of one stream on one connection. */
class FakeChunks implements Chunks {
  doneOffset = 0;
  readonly #chunks: OutputChunk[] = [];
  #end: (() => void) | undefined;
  #wake: () => void = () => {};

  constructor(lines: readonly string[] = [], first = 0) {
    lines.forEach((line, index) => this.say(line, first + index));
  }

  /** A line; its place follows from its number, and its time where none is told. */
  say(line: string, number: number, timeNs = secondsNs(number + 1)): void {
    this.sayAt(line, number * 100, timeNs);
  }

  sayAt(line: string, offset: number, timeNs: bigint): void {
    this.#chunks.push({ bytes: encoder.encode(`${line}\n`), timeNs, offset });
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

interface Options {
  /** Who is attached takes nothing until the test says so. */
  readonly isSlow?: boolean;
  /** What a former frakti has written. */
  readonly former?: readonly LogEntry[];
}

async function withOutput(
  body: (fixture: Fixture) => Promise<void>,
  { isSlow = false, former }: Options = {},
): Promise<void> {
  const dir = await Deno.makeTempDir();
  const clock = new FakeClock();
  const path = `${dir}/log`;
  const open = (more: Pick<LogOptions, "resume">) =>
    openContainerLog(
      { path, format: "tagged", maxSizeBytes: 0, ...more },
      { clock, onProblem: ({ kind }) => assert.fail(kind) },
    );
  let log = await open({});
  if (former !== undefined) {
    await log.write(former);
    await log.close();
    log = await open({ resume: {} });
  }
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
  }, { isSlow: true }));

Deno.test("a clock that was set back hides nothing of what a guest sends on its next connection", () =>
  withOutput(async ({ output, lines }) => {
    const former = new FakeChunks();
    for (const [number, line] of ["one", "two", "three"].entries()) {
      former.say(line, number, secondsNs(100));
    }
    output.follow("stdout", former, false);
    former.fail();
    assert.equal(await output.drained(), "interrupted");
    output.takeOver();
    const next = new FakeChunks();
    next.say("three", 2, secondsNs(100)); // Its acknowledgement was lost.
    next.say("four", 3, secondsNs(100));
    next.say("five", 4, secondsNs(40));
    output.follow("stdout", next, true);
    next.end();
    assert.equal(await output.drained(), "complete");
    assert.deepEqual(await lines(), ["one", "two", "three", "four", "five"]);
    assert.equal(next.doneOffset, 400 + "five\n".length);
  }));

Deno.test("a connection may cut what it sends again in another way", () =>
  withOutput(async ({ output, lines }) => {
    const former = new FakeChunks(["one", "two"]);
    output.follow("stdout", former, false);
    former.fail();
    assert.equal(await output.drained(), "interrupted");
    output.takeOver();
    const next = new FakeChunks();
    next.sayAt("two\nthree", 100, secondsNs(2));
    output.follow("stdout", next, true);
    next.end();
    assert.equal(await output.drained(), "complete");
    assert.deepEqual(await lines(), ["one", "two", "three"]);
  }));

Deno.test("what a former frakti has written is looked for in one window of output alone", () => {
  const entry = { stream: "stdout", timeNs: secondsNs(100), bytes: encoder.encode("old") } as const;
  const former = [{ ...entry, partial: false }];
  return withOutput(async ({ output, lines }) => {
    const from = 5_000;
    const stream = new FakeChunks();
    const windowEnd = from + containerWindowBytes;
    stream.sayAt("before", from, secondsNs(50));
    stream.sayAt("within", windowEnd - "within\n".length, secondsNs(50));
    stream.sayAt("behind", windowEnd, secondsNs(50));
    output.follow("stdout", stream, true);
    stream.end();
    assert.equal(await output.drained(), "complete");
    assert.deepEqual(await lines(), ["old", "behind"]);
  }, { former });
});

Deno.test("what is on disk is told from what is new over several connections after a restart", () => {
  const bytes = encoder.encode("one\ntwo");
  const former = [{ stream: "stdout", timeNs: secondsNs(2), bytes, partial: false }] as const;
  return withOutput(async ({ output, lines }) => {
    const again = new FakeChunks();
    again.say("one", 1, secondsNs(2));
    output.follow("stdout", again, true);
    again.fail();
    assert.equal(await output.drained(), "interrupted");
    output.takeOver();
    const next = new FakeChunks();
    for (const [index, line] of ["one", "two", "three"].entries()) {
      next.say(line, 1 + index, secondsNs(2));
    }
    output.follow("stdout", next, true);
    next.end();
    assert.equal(await output.drained(), "complete");
    assert.deepEqual(await lines(), ["one", "two", "three"]);
  }, { former });
});
