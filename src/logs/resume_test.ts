import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { FakeClock } from "../lib/fake_clock.ts";
import { openContainerLog } from "./container_log.ts";
import type { LogEntry } from "./entry.ts";
import { FakeLogFiles } from "./fake_files.ts";
import type { LogOptions } from "./log_options.ts";
import { type LogGap, type LogPosition, ReplayFilter, replaySinceNs } from "./position.ts";

const path = "/logs/0.log";
const old = "/logs/0.log.20231114-221320";
const t0 = 1_700_000_000_000_000_000n;

function open(files: FakeLogFiles, options: Partial<LogOptions>, kept: LogPosition[] = []) {
  return openContainerLog({ path, format: "tagged", maxSizeBytes: 0, ...options }, {
    clock: new FakeClock(),
    files,
    onProblem: (problem) => assert.fail(problem.kind),
    keepPosition: async (position) => {
      kept.push(position);
    },
  });
}

/** What Docker's `logs?since=` gives back: from that time on, inclusive. */
async function resumeFrom(
  source: readonly LogEntry[],
  files: FakeLogFiles,
  options: Partial<LogOptions>,
): Promise<LogGap[]> {
  const log = await open(files, options);
  const gaps: LogGap[] = [];
  const filter = new ReplayFilter(log.position(), (gap) => gaps.push(gap));
  const sinceNs = replaySinceNs(log.position()) ?? 0n;
  for (const entry of source.filter((item) => item.timeNs >= sinceNs)) {
    const rest = filter.accept(entry);
    if (rest !== undefined) await log.write([rest]);
  }
  filter.finish();
  await log.close();
  return gaps;
}

const anyEntry = fc.record({
  stream: fc.constantFrom("stdout" as const, "stderr" as const),
  // Many at the same time, some a little later, some much later.
  stepNs: fc.constantFrom(0n, 0n, 0n, 1n, 300_000_000n, 1_500_000_000n, 60_000_000_000n),
  text: fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom("", "a\nb\nc", "\n", "x".repeat(40_000)),
  ),
  partial: fc.boolean(),
});

const anySource = fc.array(anyEntry, { maxLength: 14 }).map((items) => {
  let timeNs = t0;
  return items.map(({ stream, stepNs, text, partial }): LogEntry => {
    timeNs += stepNs;
    return { stream, timeNs, bytes: Buffer.from(text), partial };
  });
});

const anyFormat = fc.constantFrom("tagged" as const, "untagged" as const);
const anyFraction = fc.double({ min: 0, max: 1, noNaN: true });

Deno.test("a log cut at any byte and resumed is what it would have been", async () => {
  await fc.assert(
    fc.asyncProperty(anySource, anyFormat, anyFraction, async (source, format, fraction) => {
      const whole = new FakeLogFiles();
      const log = await open(whole, { format });
      await log.write(source);
      await log.close();
      const expected = whole.content(path);

      const torn = new FakeLogFiles();
      torn.set(path, expected.subarray(0, Math.round(fraction * expected.length)));
      const gaps = await resumeFrom(source, torn, { format, resume: {} });
      assert.deepEqual(torn.content(path).toString(), expected.toString());
      assert.deepEqual(gaps, []);
    }),
    { numRuns: 300 },
  );
});

/** What is left to know the rest from: a record, the rotated file, or both. */
const anyHint = fc.constantFrom("record", "rotated file", "both");

Deno.test("a log rotated, then cut at any byte and resumed is what it would have been", async () => {
  await fc.assert(
    fc.asyncProperty(
      anySource,
      anyFormat,
      fc.nat(14),
      anyFraction,
      anyHint,
      async (source, format, rotateAfter, fraction, hint) => {
        const files = new FakeLogFiles();
        const kept: LogPosition[] = [];
        const log = await open(files, { format }, kept);
        await log.write(source.slice(0, rotateAfter));
        files.rename(path, old);
        await log.reopen();
        await log.write(source.slice(rotateAfter));
        await log.close();
        const expected = files.content(path).toString();

        const cut = files.content(path).subarray(0, Math.round(fraction * expected.length));
        files.set(path, cut);
        const stored = kept.at(-1);
        assert.ok(stored);
        if (hint === "record") files.rename(old, "/logs/compressed.gz");
        const resume = hint === "rotated file" ? {} : { stored };
        const gaps = await resumeFrom(source, files, { format, resume });
        assert.deepEqual(files.content(path).toString(), expected);
        assert.deepEqual(gaps, []);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("a resumed log does not count the lines of an earlier container", async () => {
  const files = new FakeLogFiles();
  files.set(path, "2023-11-14T22:13:20.000000000Z stdout F of another\n");
  const log = await open(files, { resume: { createdAtNs: t0 + 1n } });
  assert.deepEqual(log.position(), { file: "0:1" });
  await log.close();
});

Deno.test("a new log ends a line that somebody left torn, and starts without a position", async () => {
  const files = new FakeLogFiles();
  files.set(path, "2023-11-14T22:13:20.000000000Z stdout F of ano");
  const log = await open(files, {});
  assert.deepEqual(log.position(), { file: "0:1" });
  assert.match(files.content(path).toString(), /of ano\n$/);
  await log.close();
});

Deno.test("a resumed log passes over what is no line", async () => {
  const files = new FakeLogFiles();
  const zeros = "\0".repeat(300_000);
  files.set(path, `2023-11-14T22:13:20.000000000Z stderr F x\n${zeros}\nrubbish\n`);
  const log = await open(files, { resume: {} });
  assert.deepEqual(log.position().stderr, { timeNs: t0, lines: 1 });
  await log.close();
  files.set(path, zeros);
  const other = await open(files, { resume: {} });
  assert.equal(files.content(path).length, zeros.length + 1, "not ours, so only ended");
  await other.close();
});
