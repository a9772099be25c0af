/**
 * One stage of the test run: a program with a time limit whose output goes to a file and whose
 * closing line says how many tests passed. Which stages there are stands in stages.ts.
 */

import { readTail } from "../files.ts";
import { BackgroundProcess } from "../command.ts";
import { type Counts, noCounts, parseCounts } from "./counts.ts";

/** A stage. */
export interface Stage {
  /** E.g. `docker/pods`; `--only docker` runs all that start with `docker/`. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly limitMs: number;
  /** Whether a closing line with counts is expected of it. */
  readonly counts: boolean;
  /** Others need what it makes, so `--only` does not leave it out. */
  readonly isPrerequisite?: boolean;
  /** Takes long and little else: the next ones run beside it. */
  readonly isBeside?: boolean;
  /** Looks at what all others have left, so that it waits for those that run beside. */
  readonly isLast?: boolean;
  /** Variables that later stages get when this one has succeeded. */
  readonly provides?: Record<string, string>;
}

/** How a stage ended. */
export interface Outcome {
  readonly ok: boolean;
  readonly counts: Counts;
  readonly seconds: number;
  /** Why it is not ok, when its output alone does not say. */
  readonly trouble?: string;
}

const graceMs = 20_000; // For removing an environment after the limit has passed.

/** Runs a stage to its end or limit; what it prints goes to `logPath`. */
export async function runStage(
  stage: Stage,
  logPath: string,
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<Outcome> {
  const started = performance.now();
  // A session of its own, so that the limit reaches grandchildren; it dies with us all the same.
  const process = BackgroundProcess.start(
    "setpriv",
    ["--pdeathsig", "TERM", "setsid", ...stage.command],
    logPath,
    {
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env, ...stage.env },
      ...(stage.cwd === undefined ? {} : { cwd: stage.cwd }),
    },
  );
  const end = new AbortController();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(stage.limitMs)]);
  limit.addEventListener("abort", () => endGroup(process), { once: true, signal: end.signal });
  const { code } = await process.status;
  end.abort();
  const seconds = Math.round((performance.now() - started) / 1000);
  const counts = stage.counts ? parseCounts(await readTail(logPath)) : noCounts;
  const trouble = limit.aborted
    ? (signal.aborted ? "interrupted" : `took longer than ${stage.limitMs / 1000} s`)
    : counts === undefined
    ? "printed no closing line"
    : undefined;
  const isClean = code === 0 && trouble === undefined;
  return {
    ok: isClean && counts?.failed === 0 && counts.skipped === 0,
    // A stage that fails without counting a failure still is one.
    counts: failed(counts ?? noCounts, !isClean),
    seconds,
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function failed(counts: Counts, isFailure: boolean): Counts {
  return isFailure && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function endGroup(process: BackgroundProcess): void {
  signalGroup(process, "SIGTERM");
  const timer = setTimeout(() => signalGroup(process, "SIGKILL"), graceMs);
  process.status.finally(() => clearTimeout(timer));
}

function signalGroup(process: BackgroundProcess, name: Deno.Signal): void {
  if (!process.isRunning) return;
  try {
    Deno.kill(-process.pid, name);
  } catch (error) {
    // It is about to become the leader of its group, or has just ended.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    process.signal(name);
  }
}
