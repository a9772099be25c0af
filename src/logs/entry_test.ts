import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import {
  countLines,
  entryFromChunk,
  forEachLine,
  type LogEntry,
  maxLineContentBytes,
  skipLines,
} from "./entry.ts";

function entry(bytes: Uint8Array | string, partial = false): LogEntry {
  return { stream: "stdout", timeNs: 1n, bytes: Buffer.from(bytes), partial };
}

function lines(value: LogEntry): { text: string; partial: boolean }[] {
  const found: { text: string; partial: boolean }[] = [];
  forEachLine(value, (start, end, partial) => {
    found.push({ text: Buffer.from(value.bytes.subarray(start, end)).toString("latin1"), partial });
  });
  return found;
}

/** What a reader makes of lines: partial ones joined, full ones ended. */
function join(value: LogEntry): string {
  return lines(value).map((line) => line.text + (line.partial ? "" : "\n")).join("");
}

/** Bytes with enough newlines and enough length to meet every edge of the cut. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.array(fc.constantFrom(0x0a, 0x61), { maxLength: 12 }).map((bytes) => Uint8Array.from(bytes)),
  fc.tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 0, max: 3 }), fc.boolean()).map(
    ([off, times, ended]) => {
      const bytes = new Uint8Array(Math.max(0, times * maxLineContentBytes + off)).fill(0x62);
      if (ended && bytes.length > 0) bytes[bytes.length - 1] = 0x0a;
      return bytes;
    },
  ),
);

Deno.test("forEachLine cuts an entry at newlines and at the line limit", () => {
  assert.deepEqual(lines(entry("")), [{ text: "", partial: false }]);
  assert.deepEqual(lines(entry("", true)), []);
  assert.deepEqual(lines(entry("a\nb")), [
    { text: "a", partial: false },
    { text: "b", partial: false },
  ]);
  assert.deepEqual(lines(entry("a\n", true)), [{ text: "a", partial: false }]);
  const long = "x".repeat(maxLineContentBytes);
  assert.deepEqual(lines(entry(long)), [{ text: long, partial: false }]);
  assert.deepEqual(lines(entry(long + "y")), [
    { text: long, partial: true },
    { text: "y", partial: false },
  ]);
  assert.deepEqual(lines(entry(long + "\ny", true)), [
    { text: long, partial: false },
    { text: "y", partial: true },
  ]);
});

Deno.test("forEachLine loses no byte and makes no line over the limit", () => {
  fc.assert(fc.property(content, fc.boolean(), (bytes, partial) => {
    const value = entry(bytes, partial);
    const expected = Buffer.from(bytes).toString("latin1") + (partial ? "" : "\n");
    assert.equal(join(value), expected);
    for (const line of lines(value)) assert.ok(line.text.length <= maxLineContentBytes);
    assert.equal(countLines(value), lines(value).length);
  }));
});

Deno.test("skipLines leaves exactly the lines after the first ones", () => {
  fc.assert(fc.property(content, fc.boolean(), fc.nat(6), (bytes, partial, count) => {
    const value = entry(bytes, partial);
    const rest = skipLines(value, count);
    assert.deepEqual(rest === undefined ? [] : lines(rest), lines(value).slice(count));
  }));
});

Deno.test("entryFromChunk is partial unless the chunk ends with a newline", () => {
  fc.assert(fc.property(fc.array(content), (chunks) => {
    const joined = chunks.map((chunk) => join(entryFromChunk("stderr", 2n, chunk))).join("");
    assert.equal(joined, Buffer.concat(chunks).toString("latin1"));
  }));
});
