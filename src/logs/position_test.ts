import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { LogEntry, StreamName } from "./entry.ts";
import {
  type LogGap,
  type LogPosition,
  mergePositions,
  reorderSlackNs,
  ReplayFilter,
  replaySinceNs,
} from "./position.ts";

const t0 = 1_700_000_000_000_000_000n;

function entry(stream: StreamName, timeNs: bigint, text: string): LogEntry {
  return { stream, timeNs, bytes: Buffer.from(text), partial: false };
}

function replay(position: LogPosition, entries: LogEntry[]): { kept: string[]; gaps: LogGap[] } {
  const gaps: LogGap[] = [];
  const filter = new ReplayFilter(position, (gap) => gaps.push(gap));
  const kept: string[] = [];
  for (const item of entries) {
    const rest = filter.accept(item);
    if (rest !== undefined) kept.push(Buffer.from(rest.bytes).toString());
  }
  filter.finish();
  return { kept, gaps };
}

Deno.test("ReplayFilter drops what is on disk, per stream and by count at the same time", () => {
  const position = { stdout: { timeNs: t0, lines: 2 }, stderr: { timeNs: t0 - 5n, lines: 1 } };
  const result = replay(position, [
    entry("stderr", t0 - 5n, "e1"),
    entry("stdout", t0 - 4n, "o0"),
    entry("stderr", t0 - 3n, "e2"),
    entry("stdout", t0, "o1"),
    entry("stdout", t0, "o2"),
    entry("stdout", t0, "o3"),
    entry("stdout", t0 + 1n, "o4"),
  ]);
  assert.deepEqual(result, { kept: ["e2", "o3", "o4"], gaps: [] });
});

Deno.test("ReplayFilter keeps the rest of an entry whose first lines are on disk", () => {
  const position = { stdout: { timeNs: t0, lines: 2 } };
  const result = replay(position, [entry("stdout", t0, "a\nb\nc"), entry("stdout", t0, "d")]);
  assert.deepEqual(result, { kept: ["c", "d"], gaps: [] });
});

Deno.test("ReplayFilter takes everything once the last line was met, though the clock went back", () => {
  const position = { stdout: { timeNs: t0, lines: 1 } };
  const result = replay(position, [
    entry("stdout", t0, "a"),
    entry("stdout", t0 - 500n, "b"),
  ]);
  assert.deepEqual(result, { kept: ["b"], gaps: [] });
});

Deno.test("ReplayFilter reports a gap once when the last line on disk is not in the replay", () => {
  const position = { stdout: { timeNs: t0, lines: 1 }, stderr: { timeNs: t0 - 9n, lines: 1 } };
  assert.deepEqual(
    replay(position, [entry("stdout", t0 + 7n, "c"), entry("stdout", t0 + 8n, "d")]),
    { kept: ["c", "d"], gaps: [{ sinceNs: t0, untilNs: t0 + 7n }] },
  );
  const muchLater = t0 + reorderSlackNs + 1n;
  assert.deepEqual(
    replay(position, [entry("stderr", muchLater, "x")]),
    { kept: ["x"], gaps: [{ sinceNs: t0, untilNs: muchLater }] },
  );
  assert.deepEqual(replay(position, []), { kept: [], gaps: [{ sinceNs: t0 }] });
});

Deno.test("ReplayFilter does not miss a late entry of the other stream, nor call it a gap", () => {
  const result = replay({ stdout: { timeNs: t0, lines: 1 } }, [
    entry("stdout", t0, "a"),
    entry("stderr", t0 - 1000n, "late"),
  ]);
  assert.deepEqual(result, { kept: ["late"], gaps: [] });
});

Deno.test("ReplayFilter passes everything when nothing is on disk", () => {
  const result = replay({}, [entry("stdout", 0n, "a"), entry("stderr", 0n, "b")]);
  assert.deepEqual(result, { kept: ["a", "b"], gaps: [] });
});

Deno.test("replaySinceNs reaches back before the latest line by the reorder slack", () => {
  assert.equal(replaySinceNs({}), undefined);
  assert.equal(replaySinceNs({ stderr: { timeNs: 5n, lines: 1 } }), 0n);
  assert.equal(
    replaySinceNs({ stdout: { timeNs: t0, lines: 1 }, stderr: { timeNs: 1n, lines: 1 } }),
    t0 - reorderSlackNs,
  );
});

Deno.test("mergePositions adds counts across files and takes the later within one", () => {
  const stored = {
    stdout: { timeNs: 10n, lines: 2 },
    stderr: { timeNs: 20n, lines: 1 },
    file: "a",
  };
  assert.deepEqual(
    mergePositions(stored, { stdout: { timeNs: 10n, lines: 3 }, file: "b" }),
    { stdout: { timeNs: 10n, lines: 5 }, stderr: { timeNs: 20n, lines: 1 }, file: "b" },
  );
  assert.deepEqual(
    mergePositions(stored, { stdout: { timeNs: 10n, lines: 3 }, file: "a" }),
    { stdout: { timeNs: 10n, lines: 3 }, stderr: { timeNs: 20n, lines: 1 }, file: "a" },
  );
  assert.deepEqual(
    mergePositions(stored, { stderr: { timeNs: 21n, lines: 7 }, file: "b" }),
    { stdout: { timeNs: 10n, lines: 2 }, stderr: { timeNs: 21n, lines: 7 }, file: "b" },
  );
  assert.deepEqual(mergePositions(undefined, { file: "b" }), { file: "b" });
});
