/**
 * The list of specs that do not count, each with its reason. Read from YAML files beside this one,
 * one for all engines and one for the engine that is tested; nothing may be skipped that is not on
 * them, and nothing may stay on them that could run.
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

/** The engines of ordinary pods that critest is run against. */
export const engines = ["docker", "qemu"] as const;

/** Where ordinary pods run; privileged ones run in Docker either way. */
export type TestedEngine = typeof engines[number];

/** The exclusions of an engine. */
export async function readExclusions(engine: TestedEngine): Promise<Exclusion[]> {
  const files = ["left_out.yaml", `left_out_${engine}.yaml`];
  const read = (name: string) => Deno.readTextFile(new URL(name, import.meta.url));
  return parseExclusions(...await Promise.all(files.map(read)));
}

/** The exclusions of files' texts. Throws when one is malformed or a spec is named twice. */
export function parseExclusions(...texts: string[]): Exclusion[] {
  const list = texts.map((text) => v.parse(file, parse(text))).flatMap((groups) =>
    (["leftOut", "skipsItself"] as const).flatMap((kind) =>
      groups[kind].flatMap(({ reason, specs }) => specs.map((spec) => ({ spec, reason, kind })))
    )
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
