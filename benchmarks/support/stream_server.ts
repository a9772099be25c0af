/**
 * The process that {@linkcode measureSessions} measures: a streaming server with a target in memory.
 * Each line on standard input asks for a URL, which comes back as a line.
 */

import { startTestServer } from "../../tests/streaming/server/setup.ts";

const test = await startTestServer();
const streams = { stdin: true, stdout: true, stderr: true };
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
let pending = "";
for await (const text of lines) {
  pending += text;
  const whole = pending.split("\n");
  pending = whole.pop() ?? "";
  for (const line of whole) {
    const url = line === "forward" ? test.forward() : test.exec([line], streams);
    Deno.stdout.writeSync(new TextEncoder().encode(`${url}\n`));
  }
}
