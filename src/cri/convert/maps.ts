/**
 * Maps of the wire ⇄ maps of the domain. Keys are hostile: `__proto__` and `constructor` are
 * ordinary label keys. `Object.fromEntries` defines own properties whatever the key is, where an
 * assignment would call the prototype's setter; readers of domain maps use `Object.hasOwn`.
 */

import type { StringMap } from "../../engines/domain.ts";

/** A map as the domain has it. */
export function toStringMap(map: ReadonlyMap<string, string>): StringMap {
  return Object.fromEntries(map);
}

/** A map as the wire has it. */
export function fromStringMap(map: StringMap): Map<string, string> {
  return new Map(Object.entries(map));
}

/** Details for `verbose` answers: one JSON text under the key that crictl looks for. */
export function verboseInfo(details: Readonly<Record<string, unknown>>): Map<string, string> {
  return new Map([["info", toJson(details)]]);
}

/** JSON with 64-bit numbers as JSON numbers where they fit and as texts where they do not. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "bigint") return inner;
    const number = Number(inner);
    return Number.isSafeInteger(number) ? number : inner.toString();
  }) ?? "null";
}
