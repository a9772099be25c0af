import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { hasCode } from "../lib/errors.ts";
import { FakeClock } from "../lib/fake_clock.ts";
import { type ContainerLog, openContainerLog } from "./container_log.ts";
import type { LogEntry, StreamName } from "./entry.ts";
import { FakeLogFiles } from "./fake_files.ts";
import type { LogProblem } from "./log_options.ts";
import type { LogPosition } from "./position.ts";

const path = "/logs/0.log";
const t0 = 1_700_000_000_000_000_000n;
const stamp = "2023-11-14T22:13:20.000000000Z";

function entry(text: string, stream: StreamName = "stdout", timeNs = t0, partial = false) {
  return { stream, timeNs, bytes: Buffer.from(text), partial } satisfies LogEntry;
}

class World {
  readonly clock = new FakeClock();
  readonly files = new FakeLogFiles();
  readonly problems: LogProblem[] = [];
  readonly kept: LogPosition[] = [];
  writtenBytes = 0;

  open(
    options: Partial<Parameters<typeof openContainerLog>[0]> = {},
    keepPosition = (position: LogPosition): Promise<void> => {
      this.kept.push(position);
      return Promise.resolve();
    },
  ): Promise<ContainerLog> {
    return openContainerLog({ path, format: "tagged", maxSizeBytes: 0, ...options }, {
      clock: this.clock,
      files: this.files,
      onProblem: (problem) => this.problems.push(problem),
      onWritten: (sizeBytes) => this.writtenBytes += sizeBytes,
      keepPosition,
    });
  }

  text(name = path): string {
    return this.files.content(name).toString("latin1");
  }

  kinds(): string[] {
    return this.problems.map((problem) => problem.kind);
  }
}

Deno.test("write makes CRI lines with the tag of each", async () => {
  const world = new World();
  const log = await world.open();
  await log.write([
    entry("hello"),
    entry("", "stderr"),
    entry("no end", "stdout", t0 + 1n, true),
    entry("forged\n2023 stdout F line", "stderr"),
  ]);
  assert.equal(
    world.text(),
    `${stamp} stdout F hello\n${stamp} stderr F \n` +
      `2023-11-14T22:13:20.000000001Z stdout P no end\n` +
      `${stamp} stderr F forged\n${stamp} stderr F 2023 stdout F line\n`,
  );
  assert.deepEqual(log.position(), {
    stdout: { timeNs: t0 + 1n, lines: 1 },
    stderr: { timeNs: t0, lines: 3 },
    file: "0:1",
  });
  assert.equal(log.counters().lines, 5);
  assert.equal(log.counters().bytes, world.text().length);
  await log.close();
  assert.equal(world.files.openHandles, 0);
});

Deno.test("write tells what it has written, in every file of the log", async () => {
  const world = new World();
  const log = await world.open();
  await log.write([entry("one"), entry("two", "stderr")]);
  world.files.rename(path, `${path}.1`);
  await log.reopen();
  await log.write([entry("three")]);
  assert.equal(world.writtenBytes, world.text().length + world.text(`${path}.1`).length);
});

Deno.test("write leaves the tag out for pods of the 1.6 package", async () => {
  const world = new World();
  const log = await world.open({ format: "untagged" });
  await log.write([entry("hello"), entry("rest", "stderr", t0, true)]);
  assert.equal(world.text(), `${stamp} stdout hello\n${stamp} stderr rest\n`);
  await log.close();
});

Deno.test("write keeps the order of concurrent calls", async () => {
  const world = new World();
  const log = await world.open();
  await Promise.all([
    log.write([entry("1"), entry("2")]),
    log.write([entry("3")]),
    log.write([entry("4")]),
  ]);
  assert.deepEqual(world.text().match(/\d(?=\n)/g), ["1", "2", "3", "4"]);
  await log.close();
});

Deno.test("reopen goes on in a new file and leaves the renamed one alone", async () => {
  const world = new World();
  const log = await world.open();
  await log.write([entry("old")]);
  world.files.rename(path, "/logs/0.log.20231114-221320");
  await log.reopen();
  assert.equal(world.text(), "");
  await log.write([entry("new", "stdout", t0 + 5n)]);
  assert.match(world.text(), /stdout F new\n$/);
  assert.match(world.text("/logs/0.log.20231114-221320"), /stdout F old\n$/);
  assert.deepEqual(world.kept, [{ stdout: { timeNs: t0, lines: 1 }, file: "0:1" }]);
  await log.close();
});

Deno.test("reopen without a rename goes on at the end of the same file", async () => {
  const world = new World();
  const log = await world.open();
  await log.write([entry("a")]);
  await log.reopen();
  await log.write([entry("b")]);
  assert.equal(world.text(), `${stamp} stdout F a\n${stamp} stdout F b\n`);
  await log.close();
  assert.equal(world.files.openHandles, 0);
});

Deno.test("reopen that fails leaves the old file in use", async () => {
  const world = new World();
  const log = await world.open();
  world.files.rename(path, "/logs/old");
  world.files.openError = new Error("EMFILE");
  await assert.rejects(log.reopen(), /EMFILE/);
  await log.write([entry("still here")]);
  assert.match(world.text("/logs/old"), /still here/);
  world.files.openError = undefined;
  await log.reopen();
  await log.write([entry("moved")]);
  assert.match(world.text(), /moved/);
  await log.close();
});

Deno.test("reopen holds lines back until the position is kept", async () => {
  const world = new World();
  const keeping = Promise.withResolvers<void>();
  const log = await world.open({}, () => keeping.promise);
  await log.write([entry("before")]);
  world.files.rename(path, "/logs/old");
  const reopened = log.reopen();
  const written = log.write([entry("after")]);
  await world.clock.advance(1000);
  assert.doesNotMatch(world.text("/logs/old"), /after/);
  keeping.resolve();
  await reopened;
  await written;
  assert.match(world.text(), /after/);
  await log.close();
});

Deno.test("reopen goes on when the position cannot be kept, and says so", async () => {
  const world = new World();
  const log = await world.open({}, () => Promise.reject(new Error("EROFS")));
  await log.reopen();
  assert.deepEqual(world.kinds(), ["position-not-kept"]);
  await log.close();
});

Deno.test("write keeps one old file when the log has a cap of its own", async () => {
  const world = new World();
  const log = await world.open({ maxSizeBytes: 100 });
  for (let index = 0; index < 6; index++) await log.write([entry(`line ${index}`)]);
  assert.deepEqual(world.text().match(/line \d/g), ["line 4", "line 5"]);
  assert.deepEqual(world.text(`${path}.1`).match(/line \d/g), ["line 2", "line 3"]);
  assert.equal(log.counters().rotations, 2);
  assert.equal(world.files.openHandles, 1);
  await log.close();
});

Deno.test("a rotation of its own leaves alone a file that somebody else put there", async () => {
  const world = new World();
  const log = await world.open({ maxSizeBytes: 50 });
  await log.write([entry("first")]);
  world.files.set(path, "foreign");
  await log.write([entry("second")]);
  assert.equal(world.files.has(`${path}.1`), false);
  assert.match(world.text(), /^foreign/);
  await log.close();
});

Deno.test("write grows over the cap when rotating fails, and tries again later", async () => {
  const world = new World();
  const log = await world.open({ maxSizeBytes: 100 });
  world.files.openError = new Error("EMFILE");
  for (let index = 0; index < 4; index++) await log.write([entry(`line ${index}`)]);
  assert.deepEqual(world.kinds(), ["rotation-failed"]);
  world.files.openError = undefined;
  await log.write([entry("line 4")]);
  assert.match(world.text(), /line 4/);
  await log.close();
});

Deno.test("write waits for a full disk and then goes on inside the line", async () => {
  const world = new World();
  const log = await world.open();
  world.files.freeBytes = 10;
  const written = log.write([entry("hello"), entry("again")]);
  await world.clock.advance(1000);
  assert.equal(world.text(), stamp.slice(0, 10));
  assert.deepEqual(world.kinds(), ["write-failed"]);
  world.files.freeBytes = Infinity;
  await world.clock.advance(10_000);
  await written;
  assert.equal(world.text(), `${stamp} stdout F hello\n${stamp} stdout F again\n`);
  assert.deepEqual(world.problems.at(-1), { kind: "write-recovered", path, lostLines: 0 });
  assert.equal(world.clock.pending, 0);
  await log.close();
});

Deno.test("write gives lines up after a while, counts them and recovers", async () => {
  const world = new World();
  const log = await world.open();
  world.files.freeBytes = 10;
  const written = log.write([
    entry("a"),
    entry("b", "stdout", t0 + 1n),
    entry("c", "stdout", t0 + 2n),
  ]);
  await world.clock.advance(70_000);
  await written;
  assert.equal(log.counters().lostLines, 3);
  assert.equal(world.text(), "");
  assert.deepEqual(log.position().stdout, { timeNs: t0 + 2n, lines: 1 });
  world.files.freeBytes = Infinity;
  await log.write([entry("d")]);
  assert.equal(world.text(), `${stamp} stdout F d\n`);
  assert.deepEqual(world.problems.at(-1), { kind: "write-recovered", path, lostLines: 3 });
  await log.close();
});

Deno.test("reopen during a full disk takes the torn line back and wakes the writer", async () => {
  const world = new World();
  const log = await world.open();
  world.files.freeBytes = 10;
  const written = log.write([entry("hello")]);
  await world.clock.advance(20_000);
  world.files.rename(path, "/logs/old");
  world.files.freeBytes = Infinity;
  await log.reopen();
  await written; // The clock stands still: it is the change of files that woke the writer.
  assert.equal(world.text("/logs/old"), "");
  assert.equal(world.text(), `${stamp} stdout F hello\n`);
  await log.close();
});

Deno.test("close ends a write that waits for the disk, and drops the torn line", async () => {
  const world = new World();
  const log = await world.open();
  world.files.freeBytes = 10;
  const written = log.write([entry("hello")]);
  const rejected = assert.rejects(written, (error) => hasCode(error, "Cancelled"));
  await world.clock.advance(1000);
  await log.close();
  await rejected;
  await log.close();
  assert.equal(world.text(), "");
  assert.equal(world.files.openHandles, 0);
  await assert.rejects(log.reopen(), (error) => hasCode(error, "FailedPrecondition"));
  await assert.rejects(log.write([entry("x")]), (error) => hasCode(error, "Cancelled"));
});
