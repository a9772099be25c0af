/**
 * The list of specs that do not count, each with its reason. Read from a YAML file beside this one;
 * nothing may be skipped that is not on it, and nothing may stay on it that could run.
 */

import * as v from "valibot";
import { parse } from "yaml";

/** One spec that does not count. */
export interface Exclusion {
  /** The texts of the spec's containers and its own, joined by spaces. */
  readonly spec: string;
  readonly reason: string;
  /**
   * `leftOut`: the runner does not let it run. `skipsItself`: it runs and finds that the machine or
   * the runtime lacks what it needs.
   */
  readonly kind: "leftOut" | "skipsItself";
}

const group = v.strictObject({
  reason: v.pipe(v.string(), v.minLength(1)),
  specs: v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1)),
});

const file = v.strictObject({
  leftOut: v.array(group),
  skipsItself: v.array(group),
});

/** The exclusions of a file's text. Throws when it is malformed or names a spec twice. */
export function parseExclusions(text: string): Exclusion[] {
  const groups = v.parse(file, parse(text));
  const list = (["leftOut", "skipsItself"] as const).flatMap((kind) =>
    groups[kind].flatMap(({ reason, specs }) => specs.map((spec) => ({ spec, reason, kind })))
  );
  const names = list.map(({ spec }) => spec);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Spec "${twice}" is listed twice`);
  return list;
}

/** The value of critest's `--ginkgo.skip` that matches just this spec. */
export function skipPattern(exclusion: Exclusion): string {
  // What ginkgo matches against starts with the suite's own name.
  return `${exclusion.spec.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}$`;
}
