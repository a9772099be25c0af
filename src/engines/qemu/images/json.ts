/**
 * Reading JSON that an image brings: nothing in it is trusted to have the type it should have.
 */

/** The value as a plain object; an empty one when it is none. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

/** The value as text; "" when it is none. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The texts of a list; other members are left out. */
export function asTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The members of a list; none when it is no list. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A size in bytes; 0 when it is no whole number in range. */
export function asSize(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
