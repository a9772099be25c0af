/**
 * Reading JSON from files and plugins that may be broken or hostile: bounded nesting, typed access.
 * Used by every file of this room that takes JSON in.
 */

import { invalidArgument } from "../lib/errors.ts";

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Real configurations and results nest about 8 deep; far below what overflows a stack. */
const maxDepth = 64;

/**
 * `text` as a JSON object.
 * @throws FraktiError InvalidArgument, naming `what`, when it is no JSON, no object or too deep.
 */
export function parseObject(text: string, what: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw invalidArgument(`${what} is not JSON`, error);
  }
  if (!isObject(value)) throw invalidArgument(`${what} is not a JSON object`);
  if (nestsDeeperThan(value, maxDepth)) {
    throw invalidArgument(`${what} is nested more than ${maxDepth} deep`);
  }
  return value;
}

/** True for an object that is neither null nor an array. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an array; absent and null are empty, anything else is undefined. */
export function listOf(value: Json | undefined): readonly Json[] | undefined {
  if (value === undefined || value === null) return [];
  return isArray(value) ? value : undefined;
}

/** The value as a string; undefined for anything else. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function nestsDeeperThan(root: Json, limit: number): boolean {
  let level: Json[] = [root];
  for (let depth = 0; depth <= limit; depth++) {
    const next: Json[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      for (const inner of Object.values(value)) {
        if (typeof inner === "object" && inner !== null) next.push(inner);
      }
    }
    if (next.length === 0) return false;
    level = next;
  }
  return true;
}
