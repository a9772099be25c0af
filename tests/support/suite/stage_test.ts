import assert from "node:assert/strict";
import { runStage, type Stage } from "./stage.ts";

const shell = (script: string, more: Partial<Stage> = {}): Stage => ({
  name: "x",
  command: ["sh", "-c", script],
  limitMs: 20_000,
  counts: true,
  ...more,
});

async function outcomeOf(stage: Stage, signal = new AbortController().signal) {
  const logPath = await Deno.makeTempFile();
  try {
    const { ok, counts, trouble } = await runStage(stage, logPath, {}, signal);
    return { ok, ...counts, trouble };
  } finally {
    await Deno.remove(logPath);
  }
}

Deno.test("a stage gets its counts from its closing line", async () => {
  assert.deepEqual(await outcomeOf(shell("echo 'ok | 3 passed | 0 failed (1s)'")), {
    ok: true,
    ...{ passed: 3, failed: 0, skipped: 0 },
    trouble: undefined,
  });
});

Deno.test("a stage that skipped a test is not ok", async () => {
  const outcome = await outcomeOf(shell("echo '3 passed, 0 failed, 1 skipped'"));
  assert.deepEqual([outcome.ok, outcome.skipped, outcome.failed], [false, 1, 0]);
});

Deno.test("a stage that exits badly counts as a failure whatever it printed", async () => {
  const outcome = await outcomeOf(shell("echo 'ok | 3 passed | 0 failed (1s)'; exit 3"));
  assert.deepEqual([outcome.ok, outcome.passed, outcome.failed], [false, 3, 1]);
});

Deno.test("a stage without a closing line fails when one is expected", async () => {
  assert.equal((await outcomeOf(shell("true"))).ok, false);
  assert.equal((await outcomeOf(shell("true", { counts: false }))).ok, true);
});

Deno.test("a stage over its limit ends with all its children", async () => {
  const pidFile = await Deno.makeTempFile();
  const script = `sleep 600 & echo $! >${pidFile}; wait`;
  const outcome = await outcomeOf(shell(script, { limitMs: 500 }));
  assert.deepEqual([outcome.ok, outcome.trouble], [false, "took longer than 0.5 s"]);
  const pid = (await Deno.readTextFile(pidFile)).trim();
  await Deno.remove(pidFile);
  const line = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
  assert.ok(!line.includes("sleep"), line);
});

Deno.test("an interrupted stage says so", async () => {
  const outcome = await outcomeOf(shell("sleep 600"), AbortSignal.timeout(200));
  assert.deepEqual([outcome.ok, outcome.trouble], [false, "interrupted"]);
});
