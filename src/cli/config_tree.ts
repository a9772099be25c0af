/**
 * The configuration's schema as a plain tree: sections, keys, what each may be, its default. What
 * the packaged file and the schema for editors are made from. Knows the parts of valibot that
 * config_values.ts is written with, and refuses others. Pure.
 */

import { internal } from "../lib/errors.ts";
import { configSchema } from "./config_schema.ts";

/** A value that a key may have, in the words of JSON Schema. */
export interface ValueFacts {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly items?: ValueFacts;
  readonly const?: unknown;
  readonly anyOf?: readonly ValueFacts[];
}

/** A key of the tree. */
export type ConfigNode =
  | { readonly kind: "section"; readonly keys: ReadonlyMap<string, ConfigNode> }
  /** A section whose keys are named by the operator. */
  | { readonly kind: "record"; readonly pattern?: string; readonly each: ConfigNode }
  | { readonly kind: "value"; readonly facts: ValueFacts; readonly default: unknown };

/** The whole file. */
export function configTree(): ReadonlyMap<string, ConfigNode> {
  const root = nodeOf(configSchema, undefined);
  if (root.kind !== "section") throw internal("The configuration is no mapping");
  return root.keys;
}

function nodeOf(schema: unknown, byDefault: unknown): ConfigNode {
  const type = textOf(schema, "type");
  if (type === "optional") {
    return nodeOf(property(schema, "wrapped"), property(schema, "default"));
  }
  const inner = structureIn(schema);
  if (inner !== undefined && inner !== schema) return nodeOf(inner, byDefault);
  if (type === "strict_object") {
    const entries = Object.entries(Object(property(schema, "entries")));
    return {
      kind: "section",
      keys: new Map(entries.map(([key, each]) => [key, nodeOf(each, undefined)])),
    };
  }
  if (type === "record") {
    const { pattern } = factsOf(property(schema, "key"));
    return {
      kind: "record",
      each: nodeOf(property(schema, "value"), undefined),
      ...(pattern === undefined ? {} : { pattern }),
    };
  }
  return { kind: "value", facts: factsOf(schema), default: byDefault };
}

const structures = ["strict_object", "record", "optional"];

/** The mapping that a pipe ends in; pipes may lie in pipes. */
function structureIn(schema: unknown): unknown {
  if (property(schema, "pipe") === undefined) {
    return structures.includes(textOf(schema, "type")) ? schema : undefined;
  }
  return pipeOf(schema).map(structureIn).find((found) => found !== undefined);
}

function factsOf(schema: unknown): ValueFacts {
  let facts = baseFacts(schema);
  let isChanged = false;
  for (const step of pipeOf(schema).slice(1)) {
    const requirement = property(step, "requirement");
    if (property(step, "pipe") !== undefined && !isChanged) facts = { ...facts, ...factsOf(step) };
    // What comes behind a transformation is not said of what stands in the file.
    switch (isChanged ? "" : textOf(step, "type")) {
      case "integer":
        facts = { ...facts, type: "integer" };
        break;
      case "min_value":
        facts = { ...facts, minimum: Number(requirement) };
        break;
      case "max_value":
        facts = { ...facts, maximum: Number(requirement) };
        break;
      case "max_length":
        facts = { ...facts, maxLength: Number(requirement) };
        break;
      case "regex":
        if (requirement instanceof RegExp) facts = { ...facts, pattern: requirement.source };
        break;
      case "transform":
        isChanged = true;
    }
  }
  return facts;
}

function baseFacts(schema: unknown): ValueFacts {
  const type = textOf(schema, "type");
  switch (type) {
    case "string":
    case "number":
    case "boolean":
      return { type };
    case "picklist":
      return { type: "string", enum: arrayOf(property(schema, "options")) };
    case "array":
      return { type: "array", items: factsOf(property(schema, "item")) };
    case "union":
      return { anyOf: arrayOf(property(schema, "options")).map(factsOf) };
    case "literal":
      return { const: property(schema, "literal") };
    default:
      throw internal(`The configuration has a value of the unknown kind "${type}"`);
  }
}

function pipeOf(schema: unknown): readonly unknown[] {
  const pipe = property(schema, "pipe");
  return pipe === undefined ? [schema] : arrayOf(pipe);
}

function property(value: unknown, name: string): unknown {
  return Object.entries(Object(value)).find(([key]) => key === name)?.[1];
}

function textOf(value: unknown, name: string): string {
  return String(property(value, name));
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
