/**
 * Judges a run of critest from ginkgo's JSON report and the list of exclusions. Pure: run.ts does
 * the running and the printing.
 */

import * as v from "valibot";
import type { Exclusion } from "./exclusions.ts";

/** One spec as it ended. */
export interface SpecResult {
  readonly name: string;
  readonly state: string;
  readonly message: string;
  readonly seconds: number;
}

/** What a run amounts to. */
export interface Verdict {
  readonly passed: number;
  /** Specs that failed, and faults of the list; each a line or more for a person to read. */
  readonly failures: readonly string[];
  /** Skipped without being on the list. */
  readonly skipped: readonly string[];
  readonly excluded: number;
}

const optionalTexts = v.nullish(v.array(v.string()), []);

const reportFile = v.pipe(
  v.array(v.object({
    SpecReports: v.array(v.object({
      ContainerHierarchyTexts: optionalTexts,
      LeafNodeText: v.optional(v.string(), ""),
      LeafNodeType: v.string(),
      State: v.string(),
      RunTime: v.number(),
      Failure: v.optional(v.object({ Message: v.optional(v.string(), "") })),
    })),
    SpecialSuiteFailureReasons: optionalTexts,
  })),
  v.minLength(1),
);

const nanosecondsPerSecond = 1e9;

/** The specs of ginkgo's report, and what went wrong outside of any spec. */
export function parseReport(text: string): { specs: SpecResult[]; troubles: string[] } {
  const suites = v.parse(reportFile, JSON.parse(text));
  const reports = suites.flatMap((suite) => suite.SpecReports);
  const results = reports.map((report) => ({
    name: [...report.ContainerHierarchyTexts, report.LeafNodeText].join(" "),
    state: report.State,
    message: report.Failure?.Message ?? "",
    seconds: report.RunTime / nanosecondsPerSecond,
    isSpec: report.LeafNodeType === "It",
    type: report.LeafNodeType,
  }));
  return {
    specs: results.filter((result) => result.isSpec),
    troubles: [
      ...results.filter((result) => !result.isSpec && result.state !== "passed")
        .map((result) => `${result.type} ${result.state}: ${result.message}`),
      ...suites.flatMap((suite) => suite.SpecialSuiteFailureReasons),
    ],
  };
}

/** Holds the results against the list. */
export function judge(
  specs: readonly SpecResult[],
  troubles: readonly string[],
  exclusions: readonly Exclusion[],
): Verdict {
  const states = new Map(specs.map((spec) => [spec.name, spec.state]));
  const listed = new Set(exclusions.map(({ spec }) => spec));
  const passed = specs.filter(({ state }) => state === "passed").length;
  const isSkipped = (state: string) => state === "skipped" || state === "pending";
  return {
    passed,
    excluded: specs.filter(({ name, state }) => isSkipped(state) && listed.has(name)).length,
    skipped: specs.filter(({ name, state }) => isSkipped(state) && !listed.has(name))
      .map(({ name, message }) => message === "" ? name : `${name}: ${message}`),
    failures: [
      ...specs.filter(({ state }) => state !== "passed" && !isSkipped(state))
        .map(({ name, state, message }) => `${name} (${state})\n${message}`),
      ...exclusions.flatMap((exclusion) => faultOf(exclusion, states.get(exclusion.spec))),
      ...troubles.filter((trouble) => !isAnnouncedFailure(trouble)),
      ...(passed === 0 ? ["No spec passed at all"] : []),
    ],
  };
}

/** Why an entry of the list is wrong, if it is. */
function faultOf({ spec }: Exclusion, state: string | undefined): string[] {
  if (state === undefined) return [`"${spec}" is on the list but critest has no such spec`];
  if (state === "passed") return [`"${spec}" is on the list but passed: take it off`];
  return [];
}

/** Ginkgo repeats in the suite's reasons that a spec failed; the spec itself says it better. */
function isAnnouncedFailure(trouble: string): boolean {
  return trouble === "Suite Failed" || trouble.startsWith("Detected failures");
}
