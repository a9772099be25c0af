import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { notFound, unavailable } from "../../../lib/errors.ts";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { FakeLogFiles } from "../../../logs/fake_files.ts";
import { type LogGap, openContainerLog, TimestampFormatter } from "../../../logs/mod.ts";
import { ContainerLogFollower, type LogRequest } from "./follower.ts";

const path = "/logs/0.log";
const t0 = 1_700_000_000_000_000_000n;
const secondNs = 1_000_000_000n;

/** Docker as far as the follower sees it: messages kept, streams that follow, a file that rotates. */
class FakeDocker {
  readonly formatter = new TimestampFormatter();
  messages: { timeNs: bigint; text: string }[] = [];
  mark = "file-1";
  requests: LogRequest[] = [];
  failures: unknown[] = [];
  hasExited = false;
  /** How many of the last messages streams that follow never show. */
  hidden = 0;
  #watchers = new Set<() => void>();
  #broken: unknown;

  say(...texts: string[]): void {
    for (const text of texts) {
      const last = this.messages.at(-1)?.timeNs ?? t0;
      this.messages.push({ timeNs: last + 10n, text });
    }
    this.#changed();
  }

  exit(): void {
    this.hasExited = true;
    this.#changed();
  }

  breakStreams(error: unknown): void {
    this.#broken = error;
    this.#changed();
    this.#broken = undefined;
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  open = (request: LogRequest): Promise<AsyncIterable<Uint8Array>> => {
    this.requests.push(request);
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    return Promise.resolve(this.#stream(request));
  };

  async *#stream({ sinceNs = 0n, follow, signal }: LogRequest): AsyncGenerator<Uint8Array> {
    let sent = 0;
    let error: unknown;
    for (;;) {
      const limit = this.messages.length - (follow ? this.hidden : 0);
      for (; sent < limit; sent++) {
        const message = this.messages[sent];
        if (message !== undefined && message.timeNs >= sinceNs) yield this.#frame(message);
        if (signal.aborted) return;
      }
      if (!follow || this.hasExited) return;
      await new Promise<void>((resolve) => {
        const wake = () => {
          error = this.#broken;
          this.#watchers.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        this.#watchers.add(wake);
        signal.addEventListener("abort", wake);
      });
      if (signal.aborted) return;
      if (error !== undefined) throw error;
    }
  }

  #frame({ timeNs, text }: { timeNs: bigint; text: string }): Uint8Array {
    const payload = Buffer.from(`${this.formatter.format(timeNs)} ${text}`);
    const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(payload.length, 4);
    return Buffer.concat([header, payload]);
  }
}

class World {
  readonly clock = new FakeClock();
  readonly files = new FakeLogFiles();
  readonly docker = new FakeDocker();
  readonly gaps: LogGap[] = [];
  readonly interruptions: unknown[] = [];

  async follow(resume?: { createdAtNs: bigint }): Promise<ContainerLogFollower> {
    const log = await openContainerLog(
      { path, format: "tagged", maxSizeBytes: 0, ...(resume === undefined ? {} : { resume }) },
      { clock: this.clock, files: this.files, onProblem: (problem) => assert.fail(problem.kind) },
    );
    return new ContainerLogFollower({
      tty: false,
      driver: "local",
      log,
      clock: this.clock,
      openLogs: (request) => this.docker.open(request),
      fileMark: () => this.docker.mark,
      onGap: (gap) => this.gaps.push(gap),
      onInterruption: (error) => this.interruptions.push(error),
    });
  }

  /** Lets everything that needs no time happen. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await this.clock.advance(0);
  }

  lines(): string[] {
    const text = this.files.content(path).toString();
    return text.split("\n").filter((line) => line !== "").map((line) => line.slice(40));
  }
}

Deno.test("a follower writes what comes and ends once the container has exited", async () => {
  const world = new World();
  world.docker.say("early\n");
  const follower = await world.follow();
  await world.settle();
  world.docker.say("one\n", "two\n", "no newline");
  await world.settle();
  assert.deepEqual(world.lines(), ["early", "one", "two", "no newline"]);
  world.docker.exit();
  assert.equal(await follower.drained(1000), true);
  assert.equal(world.files.openHandles, 0);
  assert.equal(world.clock.pending, 0);
  assert.deepEqual(
    world.docker.requests.map(({ follow, sinceNs }) => ({ follow, sinceNs })),
    [
      { follow: true, sinceNs: undefined },
      { follow: false, sinceNs: t0 + 40n - secondNs },
    ],
  );
  const { lines, gaps, streams } = follower.counters();
  assert.deepEqual({ lines, gaps, streams }, { lines: 4, gaps: 0, streams: 2 });
});

Deno.test("a follower gets the last lines that the stream did not show", async () => {
  const world = new World();
  world.docker.hidden = 2;
  world.docker.say("one\n", "two\n", "three\n");
  const follower = await world.follow();
  await world.settle();
  assert.deepEqual(world.lines(), ["one"]);
  world.docker.exit();
  assert.equal(await follower.drained(1000), true);
  assert.deepEqual(world.lines(), ["one", "two", "three"]);
  assert.deepEqual(world.gaps, []);
});

Deno.test("a follower goes on after Docker went away, without loss or repetition", async () => {
  const world = new World();
  world.docker.say("one\n", "two\n");
  const follower = await world.follow();
  await world.settle();
  world.docker.failures = [unavailable("Docker is away"), unavailable("Docker is away")];
  world.docker.breakStreams(new Error("socket hang up"));
  await world.settle();
  world.docker.say("three\n");
  await world.clock.advance(10_000);
  await world.settle();
  world.docker.say("four\n");
  await world.settle();
  assert.deepEqual(world.lines(), ["one", "two", "three", "four"]);
  assert.equal(world.interruptions.length, 2, "each cause once");
  assert.deepEqual(world.gaps, []);
  await follower.stop();
});

Deno.test("a Docker that stays away is told of once, and again after it was there", async () => {
  const world = new World();
  const follower = await world.follow();
  await world.settle();
  const away = Array.from({ length: 100 }, () => unavailable("Docker is away"));
  world.docker.failures = [...away];
  world.docker.breakStreams(unavailable("Docker is away"));
  await world.settle();
  await world.clock.advance(1_000_000);
  assert.equal(world.docker.failures.length, 0);
  assert.equal(world.interruptions.length, 1);
  world.docker.say("one\n");
  await world.settle();
  world.docker.breakStreams(unavailable("Docker is away"));
  await world.settle();
  assert.equal(world.interruptions.length, 2);
  await follower.stop();
});

Deno.test("a follower goes on after a restart of its own", async () => {
  const world = new World();
  world.docker.say("one\n");
  const first = await world.follow();
  await world.settle();
  await first.stop();
  world.docker.say("two\n");
  world.docker.exit();
  const second = await world.follow({ createdAtNs: t0 });
  assert.equal(await second.drained(1000), true);
  assert.deepEqual(world.lines(), ["one", "two"]);
});

Deno.test("a follower tells once when Docker kept too little", async () => {
  const world = new World();
  world.docker.say("one\n");
  const first = await world.follow();
  await world.settle();
  await first.stop();
  world.docker.say("two\n", "three\n");
  world.docker.messages.splice(0, 2);
  const second = await world.follow({ createdAtNs: t0 });
  await world.settle();
  world.docker.exit();
  assert.equal(await second.drained(1000), true);
  assert.deepEqual(world.lines(), ["one", "three"]);
  assert.deepEqual(world.gaps, [{ sinceNs: t0 + 10n, untilNs: t0 + 30n }]);
  assert.equal(second.counters().gaps, 1);
});

Deno.test("a follower does not believe a stream once Docker has rotated its file", async () => {
  const world = new World();
  world.docker.say("one\n");
  const follower = await world.follow();
  await world.settle();
  // As Engine 20.10 does: the line before the rotation is skipped, an old one repeated.
  const { messages } = world.docker;
  messages.push({ timeNs: t0 + 20n, text: "two\n" }, { timeNs: t0 + 30n, text: "three\n" });
  const real = [...messages];
  world.docker.messages = [...messages.slice(0, 1), ...messages.slice(2), ...messages.slice(0, 1)];
  world.docker.mark = "file-2";
  const open = world.docker.open;
  world.docker.open = (request) => {
    world.docker.messages = real;
    return open(request);
  };
  world.docker.say();
  await world.clock.advance(3000);
  await world.settle();
  world.docker.say("four\n");
  await world.settle();
  assert.deepEqual(world.lines(), ["one", "two", "three", "four"]);
  assert.deepEqual(world.docker.requests.map((request) => request.follow), [true, false, true]);
  await follower.stop();
});

Deno.test("a follower notices a rotation on a stream that stays quiet", async () => {
  const world = new World();
  world.docker.say("one\n");
  const follower = await world.follow();
  await world.settle();
  world.docker.hidden = 1;
  world.docker.say("two\n");
  await world.settle();
  assert.deepEqual(world.lines(), ["one"]);
  world.docker.mark = "file-2";
  await world.clock.advance(3000);
  await world.settle();
  assert.deepEqual(world.lines(), ["one", "two"]);
  await follower.stop();
  assert.equal(world.clock.pending, 0);
});

Deno.test("drained gives up after its time, and stop ends a follower that cannot reach Docker", async () => {
  const world = new World();
  world.docker.failures = Array.from({ length: 100 }, () => unavailable("Docker is away"));
  const follower = await world.follow();
  const drained = follower.drained(2000);
  await world.clock.advance(2500);
  assert.equal(await drained, false);
  await follower.stop();
  await follower.stop();
  assert.equal(world.files.openHandles, 0);
});

Deno.test("a follower ends when Docker does not know the container any more", async () => {
  const world = new World();
  world.docker.failures = [notFound("No such container"), notFound("No such container")];
  const follower = await world.follow();
  assert.equal(await follower.drained(1000), true);
  assert.equal(world.interruptions.length, 1);
});

Deno.test("reading waits for the disk, and stop ends that wait", async () => {
  const world = new World();
  const follower = await world.follow();
  await world.settle();
  const problems: string[] = [];
  const log = await openContainerLog({ path: "/logs/full", format: "tagged", maxSizeBytes: 0 }, {
    clock: world.clock,
    files: world.files,
    onProblem: (problem) => problems.push(problem.kind),
  });
  const slow = new ContainerLogFollower({
    tty: false,
    driver: "local",
    log,
    clock: world.clock,
    openLogs: world.docker.open,
    onGap: () => assert.fail("No gap"),
    onInterruption: (error) => assert.fail(String(error)),
  });
  await follower.stop();
  world.files.freeBytes = 0;
  world.docker.say("one\n", "two\n");
  await world.settle();
  assert.deepEqual(problems, ["write-failed"]);
  assert.equal(slow.counters().lines, 0);
  await slow.stop();
  assert.equal(world.files.content("/logs/full").length, 0);
});
