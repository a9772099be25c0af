import assert from "node:assert/strict";
import { internal } from "../lib/errors.ts";
import type { LogFields } from "../lib/log.ts";
import { withLogFields } from "../lib/log_scope.ts";
import { formatJson, formatText, type LogLevel } from "./log_format.ts";
import { createLogger } from "./logging.ts";

const clock = { nowNs: () => 1_700_000_000_123_000_000n };
const time = "2023-11-14T22:13:20.123Z";

function capture(level: LogLevel, format: "text" | "json") {
  const lines: string[] = [];
  const log = createLogger({
    level,
    format,
    clock,
    sink: { write: (line) => lines.push(line) > 0 },
  });
  return { log, lines };
}

function text(fields: LogFields): string {
  return formatText({ time, level: "info", message: "m", fields }).slice(`${time} INFO  m `.length);
}

Deno.test("the logger writes one text line with its fields", () => {
  const { log, lines } = capture("info", "text");
  log.with({ sandbox: "abc" }).info("Sandbox ready", {
    ms: 12,
    name: "two words",
    none: undefined,
  });
  assert.deepEqual(lines, [`${time} INFO  Sandbox ready sandbox=abc ms=12 name="two words"\n`]);
});

Deno.test("the logger writes one JSON object per line", () => {
  const { log, lines } = capture("debug", "json");
  log.debug("Step", { level: 3, big: 5n, bytes: new Uint8Array(7), when: new Date(0) });
  assert.deepEqual(JSON.parse(lines[0] ?? ""), {
    time,
    level: "debug",
    message: "Step",
    level_: 3,
    big: "5",
    bytes: "[7 bytes]",
    when: "1970-01-01T00:00:00.000Z",
  });
});

Deno.test("a line gets the fields of the work under way, its own before them", async () => {
  const { log, lines } = capture("info", "text");
  const room = log.with({ room: "node" });
  await withLogFields({ call: "c7", room: "other" }, async () => room.info("a", { n: 1 }));
  room.info("b");
  assert.deepEqual(lines.map((line) => line.slice(time.length + 1)), [
    "INFO  a room=node n=1 call=c7\n",
    "INFO  b room=node\n",
  ]);
});

Deno.test("the logger drops what is below its level", () => {
  const { log, lines } = capture("warn", "text");
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  assert.equal(lines.length, 2);
});

Deno.test("an error is logged as the chain of its causes", () => {
  const error = internal('Cannot start "x"', new Error("socket refused"));
  assert.equal(text({ error }), 'error="Cannot start \\"x\\": socket refused"');
});

Deno.test("fields that hold secrets are never printed, at any depth", () => {
  const fields = {
    auth: "a-s3cret",
    env: ["A=s3cret"],
    "registry-token": "s3cret",
    request: { identityToken: "s3cret", Password: "s3cret", headers: { Authorization: "s3cret" } },
    map: new Map([["client-secret", "s3cret"]]),
  };
  for (const format of [formatText, formatJson]) {
    const line = format({ time, level: "info", message: "m", fields });
    assert.doesNotMatch(line, /s3cret/);
    assert.match(line, /redacted/);
  }
  assert.equal(text({ author: "x" }), "author=x");
});

Deno.test("a value cannot forge a line or send an escape to a terminal", () => {
  const line = formatText({
    time,
    level: "info",
    message: "pulled\nforged",
    fields: { image: "x\n2023 ERROR \u001b[31m", "k\n": 1 },
  });
  assert.doesNotMatch(line, /\p{Cc}/u);
});

Deno.test("long, deep and circular values are cut", () => {
  const loop: Record<string, unknown> = { list: Array.from({ length: 1000 }, () => "x") };
  loop["self"] = loop;
  assert.ok(text({ loop, long: "x".repeat(100_000) }).length < 10_000);
});

Deno.test("lines that could not be written are counted and told later", () => {
  const lines: string[] = [];
  let works = false;
  const sink = { write: (line: string) => works && lines.push(line) > 0 };
  const log = createLogger({ level: "info", format: "text", clock, sink });
  log.info("a");
  log.info("b");
  works = true;
  log.info("c");
  log.info("d");
  assert.deepEqual(lines.map((line) => line.slice(time.length + 1)), [
    "WARN  Lost log lines lost=2\n",
    "INFO  c\n",
    "INFO  d\n",
  ]);
});
