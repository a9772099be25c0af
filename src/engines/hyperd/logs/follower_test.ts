import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { FakeLogFiles } from "../../../logs/fake_files.ts";
import { openContainerLog } from "../../../logs/mod.ts";
import { OutputFollower } from "./follower.ts";
import { becomes, message, untakenBytes } from "./test_output.ts";

const logPath = "/logs/0.log";

interface Fixture {
  readonly clock: FakeClock;
  readonly follower: OutputFollower;
  /** Offsets that were to be kept. */
  readonly asked: number[];
  readonly problems: string[];
  /** The disk takes records. */
  readonly disk: { works: boolean };
  say(text: string): Promise<void>;
  /** What the log's messages say. */
  logged(): string[];
}

async function withFollower(body: (fixture: Fixture) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/output`;
  const clock = new FakeClock();
  const files = new FakeLogFiles();
  const [asked, problems, disk]: [number[], string[], { works: boolean }] = [[], [], {
    works: true,
  }];
  const log = await openContainerLog(
    { path: logPath, format: "tagged", maxSizeBytes: 0 },
    { clock, files, onProblem: ({ kind }) => problems.push(kind) },
  );
  const follower = new OutputFollower({
    path,
    offset: 0,
    log,
    clock,
    onConsumed: async (offset) => {
      asked.push(offset);
      if (!disk.works) throw new Error("No space left on device");
    },
    onProblem: (kind) => problems.push(kind),
  });
  try {
    await body({
      clock,
      follower,
      asked,
      problems,
      disk,
      say: (text) => Deno.writeTextFile(path, text, { append: true }),
      logged: () =>
        files.content(logPath).toString().split("\n").slice(0, -1)
          .map((line) => line.split(" ").slice(3).join(" ")),
    });
  } finally {
    await follower.stop();
    await log.close();
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("output goes on into the log while its offset cannot be kept, which is told once", () =>
  withFollower(async ({ clock, disk, asked, problems, say, logged }) => {
    disk.works = false;
    await say(untakenBytes + message("one"));
    await becomes(clock, () => logged().includes("one"));
    await clock.advance(5_000);
    await say(message("two"));
    await becomes(clock, () => logged().includes("two"));
    assert.deepEqual(logged(), ["one", "two"]);
    await becomes(clock, () => asked.length >= 2);
    assert.deepEqual(problems, ["position-not-kept"]);
  }));

Deno.test("an offset that was not kept is kept later", () =>
  withFollower(async ({ clock, disk, asked, say, logged, follower, problems }) => {
    disk.works = false;
    await say(untakenBytes);
    await becomes(clock, () => asked.length > 0);
    disk.works = true;
    await clock.advance(5_000);
    const before = asked.length;
    await say(message("one"));
    await becomes(clock, () => asked.length > before);
    assert.equal(asked.at(-1), follower.offset);
    const kept = asked.length;
    await clock.advance(5_000);
    await say(message("two"));
    await becomes(clock, () => logged().includes("two"));
    assert.equal(asked.length, kept);
    disk.works = false;
    await say(untakenBytes);
    await becomes(clock, () => problems.length === 2);
  }));
