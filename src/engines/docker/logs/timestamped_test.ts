import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import type { LogEntry } from "../../../logs/mod.ts";
import { chunksOf } from "./test_chunks.ts";
import { messageReader } from "./timestamped.ts";

const t1 = "2026-11-23T23:13:55.936843604Z";
const t2 = "2026-11-23T23:13:55.936843605Z";
const ns1 = 1_795_475_635_936_843_604n;
const ns2 = ns1 + 1n;

interface Sent {
  readonly type?: number;
  readonly time: string;
  readonly content: string;
}

function framed(messages: readonly Sent[]): Buffer {
  return Buffer.concat(messages.map(({ type = 1, time, content }) => {
    const payload = Buffer.from(`${time} ${content}`, "latin1");
    const header = Buffer.alloc(8);
    header[0] = type;
    header.writeUInt32BE(payload.length, 4);
    return Buffer.concat([header, payload]);
  }));
}

function raw(messages: readonly Sent[]): Buffer {
  return Buffer.from(messages.map(({ time, content }) => `${time} ${content}`).join(""), "latin1");
}

/** Reads `bytes` in chunks of the given sizes, over and over. */
function read(tty: boolean, driver: string, bytes: Buffer, sizes: number[] = []): string[] {
  const reader = messageReader({ tty, driver });
  const found: string[] = [];
  const note = (entries: LogEntry[]) => {
    for (const { stream, timeNs, bytes, partial } of entries) {
      const content = Buffer.from(bytes).toString("latin1");
      const text = content.length > 100 ? `${content.slice(0, 2)}*${content.length}` : content;
      found.push(`${stream} +${timeNs - ns1} ${partial ? "P" : "F"} ${text}`);
    }
  };
  for (const chunk of chunksOf(bytes, sizes)) note(reader.push(chunk));
  note(reader.end());
  return found;
}

/** The same messages must be found wherever chunks end. */
function readAnyhow(tty: boolean, driver: string, bytes: Buffer): string[] {
  const whole = read(tty, driver, bytes);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 20, max: 20_000 }), { minLength: 1 }),
      (sizes) => assert.deepEqual(read(tty, driver, bytes, sizes), whole),
    ),
    { numRuns: 40 },
  );
  return whole;
}

const piece = "x".repeat(16_384);

Deno.test("frames become entries of their stream", () => {
  const bytes = framed([
    { time: t1, content: "out\n" },
    { type: 2, time: t2, content: "err\n" },
    { type: 0, time: t2, content: "stdin is not a log\n" },
    { time: t2, content: "\n" },
    { time: t2, content: "no newline" },
  ]);
  assert.deepEqual(readAnyhow(false, "json-file", bytes), [
    "stdout +0 F out",
    "stderr +1 F err",
    "stdout +1 F ",
    "stdout +1 P no newline",
  ]);
});

Deno.test("frames of a cut line of json-file end with a newline or not at all", () => {
  const bytes = framed([
    { time: t1, content: piece },
    { time: t1, content: "\n" },
    { time: t2, content: piece },
    { time: t2, content: "end of output" },
  ]);
  assert.deepEqual(readAnyhow(false, "json-file", bytes), [
    "stdout +0 P xx*16384",
    "stdout +0 F ",
    "stdout +1 P xx*16384",
    "stdout +1 P end of output",
  ]);
});

Deno.test("frames of a cut line of local get back the newline that the driver forgets", () => {
  const bytes = framed([
    { time: t1, content: piece },
    { type: 2, time: t1, content: "other stream" },
    { time: t1, content: "c" },
    { time: t2, content: piece },
    { time: t2, content: piece },
    { time: t2, content: "" },
    { time: t2, content: "no newline" },
  ]);
  assert.deepEqual(readAnyhow(false, "local", bytes), [
    "stdout +0 P xx*16384",
    "stderr +0 P other stream",
    "stdout +0 F c",
    "stdout +1 P xx*16384",
    "stdout +1 P xx*16384",
    "stdout +1 F ",
    "stdout +1 P no newline",
  ]);
});

Deno.test("a terminal's messages of local need no separator", () => {
  const bytes = raw([
    { time: t1, content: "out\r\n" },
    { time: t1, content: piece },
    { time: t1, content: "" },
    { time: t1, content: piece },
    { time: t1, content: "c\r" },
    { time: t2, content: "\r\n" },
    { time: t2, content: piece },
    { time: t2, content: piece },
    { time: t2, content: "\xff\xfe\r" },
    { time: t2, content: "no newline" },
  ]);
  assert.deepEqual(readAnyhow(true, "local", bytes), [
    "stdout +0 F out\r",
    "stdout +0 P xx*16384",
    "stdout +0 F ",
    "stdout +0 P xx*16384",
    "stdout +0 F c\r",
    "stdout +1 F \r",
    "stdout +1 P xx*16384",
    "stdout +1 P xx*16384",
    "stdout +1 F \xff\xfe\r",
    "stdout +1 P no newline",
  ]);
});

Deno.test("a terminal's messages of json-file may have grown by replaced bytes", () => {
  const bytes = raw([
    { time: t1, content: "\xef\xbf\xbd".repeat(16_384) },
    { time: t1, content: "\xef\xbf\xbd\r\n" },
    { time: t2, content: piece + "\xef\xbf" },
    { time: t2, content: "\n" },
    { time: t2, content: `says ${t2} in the middle\r\n` },
  ]);
  assert.deepEqual(readAnyhow(true, "json-file", bytes), [
    "stdout +0 P \xef\xbf*49152",
    "stdout +0 F \xef\xbf\xbd\r",
    "stdout +1 P xx*16386",
    "stdout +1 F ",
    `stdout +1 F says ${t2} in the middle\r`,
  ]);
});

Deno.test("what Docker says in place of messages is an error", () => {
  const frame = framed([{ type: 3, time: "Error", content: "grabbing logs: EOF" }]);
  assert.throws(() => read(false, "local", frame), /Error grabbing logs: EOF/);
  assert.throws(
    () => read(true, "local", Buffer.from("Error grabbing logs: something\n")),
    /Error grabbing logs: something/,
  );
  const timeless = framed([{ time: "no", content: "time" }]);
  assert.throws(() => read(false, "local", timeless), /without a time/);
  const torn = framed([{ time: t1, content: "x\n" }]).subarray(0, 20);
  assert.throws(() => read(false, "local", torn), /inside a frame/);
});

Deno.test("any bytes from a terminal are read within bounds and without loss", () => {
  fc.assert(fc.property(
    fc.array(fc.oneof(fc.uint8Array({ maxLength: 50 }), fc.constant(Buffer.from(`\n${t2} `)))),
    fc.array(fc.integer({ min: 1, max: 64 })),
    (parts, sizes) => {
      const bytes = Buffer.concat([Buffer.from(`${t1} `), ...parts]);
      const reader = messageReader({ tty: true, driver: "local" });
      let size = 0;
      for (const chunk of chunksOf(bytes, sizes)) {
        for (const entry of reader.push(chunk)) size += entry.bytes.length;
      }
      for (const entry of reader.end()) size += entry.bytes.length;
      assert.ok(size <= bytes.length);
    },
  ));
  assert.equal(ns2 - ns1, 1n);
});
