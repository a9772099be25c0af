/**
 * Runs the stages of the test run one after the other, also after one that failed, some of them beside
 * the next ones, and prints what came of each and the closing count. Called by scripts/test.sh, which
 * prepares the machine.
 */

import { parseArgs } from "node:util";
import { readTail } from "../files.ts";
import { addCounts, type Counts } from "./counts.ts";
import { digestOf } from "./digest.ts";
import { type Outcome, runStage, type Stage } from "./stage.ts";
import { listStages } from "./stages.ts";

const top = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");
const logDir = `${top}/.cache/test-logs`;
const shownLogBytes = 16 * 1024;
const usageExitCode = 2;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        list: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: [] },
        keep: { type: "boolean", default: false },
        hyperd: { type: "string", default: "" },
      },
    }).values;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say("Usage: scripts/test.sh [--list] [--only STAGE]... [--keep] [--hyperd HOST:PORT]");
    Deno.exit(usageExitCode);
  }
}

function choose(stages: readonly Stage[], only: readonly string[]): Stage[] {
  if (only.length === 0) return [...stages];
  const isMeant = (wanted: string, { name }: Stage) =>
    name === wanted || name.startsWith(`${wanted}/`);
  const unknown = only.filter((wanted) => !stages.some((stage) => isMeant(wanted, stage)));
  if (unknown.length > 0) {
    say(`No stage is called ${unknown.join(" or ")}; --list shows them`);
    Deno.exit(usageExitCode);
  }
  const isNamed = (stage: Stage) => only.some((wanted) => isMeant(wanted, stage));
  return stages.filter((stage) => stage.isPrerequisite || isNamed(stage));
}

async function report(stage: Stage, outcome: Outcome, logPath: string): Promise<void> {
  const { passed, failed, skipped } = outcome.counts;
  const counted = stage.counts ? `, ${passed} passed, ${failed} failed, ${skipped} skipped` : "";
  const which = stage.isBeside ? `${stage.name} ` : "";
  say(`    ${which}${outcome.ok ? "ok" : "FAILED"} in ${outcome.seconds} s${counted}`);
  if (outcome.ok) return;
  say(await readTail(logPath, shownLogBytes));
  if (outcome.trouble !== undefined) say(`    ${stage.name} ${outcome.trouble}`);
  say(`    The whole output of ${stage.name}: ${logPath}`);
}

function logPathOf(name: string): string {
  return `${logDir}/${name.replaceAll("/", "-")}.log`;
}

async function runAll(stages: readonly Stage[], signal: AbortSignal, keep: boolean) {
  await Deno.mkdir(logDir, { recursive: true });
  const env: Record<string, string> = keep ? { FRAKTI_TEST_KEEP: "1" } : {};
  const counts: Counts[] = [];
  const failed: string[] = [];
  const runOne = async (stage: Stage): Promise<void> => {
    const logPath = logPathOf(stage.name);
    await Deno.writeTextFile(logPath, "");
    const outcome = await runStage({ cwd: top, ...stage }, logPath, env, signal);
    await report(stage, outcome, logPath);
    counts.push(outcome.counts);
    if (!outcome.ok) failed.push(stage.name);
    if (outcome.ok) Object.assign(env, stage.provides);
  };
  const beside: Promise<void>[] = [];
  for (const [index, stage] of stages.entries()) {
    if (signal.aborted) break;
    if (stage.isLast) await Promise.all(beside);
    say(
      `[${index + 1}/${stages.length}] ${stage.name}${stage.isBeside ? ", beside the next" : ""}`,
    );
    const running = runOne(stage);
    if (stage.isBeside) beside.push(running);
    else await running;
  }
  await Promise.all(beside);
  return { counts: addCounts(counts), failed };
}

const options = readOptions();
const stages = choose(await listStages(top, options.hyperd), options.only);
if (options.list) {
  for (const { name } of stages) say(name);
  Deno.exit(0);
}
const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(name, () => interrupt.abort());
}
const started = performance.now();
const { counts, failed } = await runAll(stages, interrupt.signal, options.keep);
say(`Ran ${stages.length} stages in ${Math.round((performance.now() - started) / 1000)} s`);
for (const name of failed) {
  say(`--- ${name}\n${digestOf(await readTail(logPathOf(name), shownLogBytes))}`);
}
if (failed.length > 0) say(`Failed: ${failed.join(", ")}`);
if (interrupt.signal.aborted) say("Interrupted: what came after was not run");
say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
Deno.exit(failed.length === 0 && !interrupt.signal.aborted ? 0 : 1);
