import assert from "node:assert/strict";
import { hasCode } from "./errors.ts";
import { systemProcesses } from "./process.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const timeoutMs = 30_000;
const shell = (script: string, more: { timeoutMs?: number; maxOutputBytes?: number } = {}) =>
  systemProcesses.run({ command: "/bin/sh", args: ["-c", script], timeoutMs, ...more });

Deno.test("output, exit code and stdin of a program", async () => {
  const result = await systemProcesses.run({
    command: "/bin/sh",
    args: ["-c", "cat; echo err >&2; exit 3"],
    stdin: "in",
    timeoutMs,
  });
  assert.equal(result.code, 3);
  assert.equal(text(result.stdout), "in");
  assert.equal(text(result.stderr), "err\n");
});

Deno.test("a program that does not exist is NotFound", async () => {
  await assert.rejects(
    systemProcesses.run({ command: "/no/such/program", timeoutMs }),
    (error) => hasCode(error, "NotFound"),
  );
});

Deno.test("a program that runs too long is killed with what it started", async () => {
  const result = await shell("sleep 600 & echo $!; wait", { timeoutMs: 300 });
  assert.equal(result.timedOut, true);
  const grandchild = Number(text(result.stdout));
  const alive = await Deno.readTextFile(`/proc/${grandchild}/stat`).catch(() => "");
  assert.ok(alive === "" || / Z /.test(alive), alive);
});

Deno.test("an orphan of what is killed is killed too", async () => {
  const result = await shell("sh -c 'sleep 600 & echo $!'; sleep 600", { timeoutMs: 300 });
  assert.equal(result.timedOut, true);
  const orphan = Number(text(result.stdout));
  const alive = await Deno.readTextFile(`/proc/${orphan}/stat`).catch(() => "");
  assert.ok(alive === "" || / Z /.test(alive), alive);
});

Deno.test("killing one program leaves others of the same name alone", async () => {
  const other = shell("sleep 1; echo done");
  assert.equal((await shell("sleep 600", { timeoutMs: 100 })).timedOut, true);
  assert.equal(text((await other).stdout), "done\n");
});

Deno.test("output beyond the cap is dropped and marked", async () => {
  const result = await shell("yes | head -c 100000", { maxOutputBytes: 1000 });
  assert.equal(result.stdout.length, 1000);
  assert.equal(result.truncated, true);
  assert.equal(result.code, 0);
});

Deno.test("a background child that keeps the pipe open does not hold the result", async () => {
  const result = await shell("sleep 5 & echo done");
  assert.equal(text(result.stdout), "done\n");
  assert.equal(result.timedOut, false);
});

Deno.test("nothing of our environment reaches the program", async () => {
  Deno.env.set("FRAKTI_TEST_SECRET", "x");
  try {
    assert.doesNotMatch(text((await shell("env")).stdout), /FRAKTI_TEST_SECRET/);
  } finally {
    Deno.env.delete("FRAKTI_TEST_SECRET");
  }
});

Deno.test("an aborted run is killed", async () => {
  const abort = new AbortController();
  const running = systemProcesses.run({
    command: "sleep",
    args: ["600"],
    timeoutMs,
    signal: abort.signal,
  });
  abort.abort();
  assert.equal((await running).signal, "SIGKILL");
});
