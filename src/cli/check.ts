/**
 * The frame of `frakti check`: runs checks side by side, each with a time limit, and prints what
 * they found with the mend. Knows no check itself (check_*.ts) and changes nothing on the node.
 */

import { type Clock, withDeadline } from "../lib/clock.ts";
import { describe } from "../lib/errors.ts";

export type CheckLevel = "ok" | "warning" | "failure";

/** What one check found. `mend` says what to do and is there unless all is well. */
export interface CheckResult {
  readonly level: CheckLevel;
  readonly message: string;
  readonly mend?: string;
}

/** One question about the node. An error it throws is a failure of the check. */
export interface Check {
  readonly name: string;
  run(): Promise<CheckResult | readonly CheckResult[]>;
}

/** A result with the name of its check. */
export interface CheckReport extends CheckResult {
  readonly name: string;
}

/** The slowest check asks the Docker Engine for its facts; a healthy one answers within a second. */
const checkTimeoutMs = 10_000;

/** Runs every check; the reports come in the order of the checks. Never rejects. */
export async function runChecks(
  checks: readonly Check[],
  clock: Clock,
): Promise<readonly CheckReport[]> {
  const reports = await Promise.all(checks.map(async ({ name, run }) => {
    try {
      const found = await withDeadline(clock, checkTimeoutMs, `Check "${name}"`, run());
      return [found].flat().map((result) => ({ name, ...result }));
    } catch (error) {
      return [{ name, level: "failure" as const, message: describe(error) }];
    }
  }));
  return reports.flat();
}

/** 1 when a check failed, else 0: a warning does not stop a node. */
export function checkExitCode(reports: readonly CheckReport[]): number {
  return reports.some((report) => report.level === "failure") ? 1 : 0;
}

const words: Readonly<Record<CheckLevel, string>> = {
  ok: "OK",
  warning: "warning",
  failure: "FAILURE",
};

/** Aligned lines for people, the mend below its line, a count at the end. */
export function formatReports(reports: readonly CheckReport[]): string {
  const width = Math.max(0, ...reports.map((report) => report.name.length));
  const lines = reports.flatMap(({ level, name, message, mend }) => {
    const start = `${words[level].padEnd(7)}  ${name.padEnd(width)}  `;
    const line = `${start}${message}`;
    return mend === undefined ? [line] : [line, `${" ".repeat(start.length)}-> ${mend}`];
  });
  const count = (level: CheckLevel) => reports.filter((report) => report.level === level).length;
  return `${lines.join("\n")}\n\n${count("ok")} OK, ${plural(count("warning"), "warning")}, ${
    plural(count("failure"), "failure")
  }\n`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The same for programs: `{"checks": [...], "exitCode": 0}`. */
export function formatReportsJson(reports: readonly CheckReport[]): string {
  return `${JSON.stringify({ checks: reports, exitCode: checkExitCode(reports) }, null, 2)}\n`;
}

export const ok = (message: string): CheckResult => ({ level: "ok", message });

export const warning = (message: string, mend: string): CheckResult => (
  { level: "warning", message, mend }
);

export const failure = (message: string, mend: string): CheckResult => (
  { level: "failure", message, mend }
);
