/**
 * Reading JSON of the engine: every field may be missing, null or of another type, and none of it
 * may throw or surprise the rooms above. A wrong type reads as absent.
 */

/** A JSON object whose fields are not known to be anything. */
export type Shape = Readonly<Record<string, unknown>>;

const emptyShape: Shape = {};

/** `value` as an object; {} for everything else, arrays included. */
export function shape(value: unknown): Shape {
  return isShape(value) ? value : emptyShape;
}

/** True for JSON objects. */
export function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object field. */
export function shapeAt(from: Shape, key: string): Shape {
  return shape(own(from, key));
}

/** A string field; "" when absent. */
export function textAt(from: Shape, key: string): string {
  const value = own(from, key);
  return typeof value === "string" ? value : "";
}

/** A finite number field; `otherwise` when absent. */
export function numberAt(from: Shape, key: string, otherwise = 0): number {
  const value = own(from, key);
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}

/** A whole number field as bigint; 0n when absent. */
export function bigintAt(from: Shape, key: string): bigint {
  return BigInt(Math.trunc(numberAt(from, key)));
}

/** A boolean field; false when absent. */
export function flagAt(from: Shape, key: string): boolean {
  return own(from, key) === true;
}

/** An array field; [] when absent. */
export function listAt(from: Shape, key: string): readonly unknown[] {
  const value = own(from, key);
  return Array.isArray(value) ? value : [];
}

/** The strings of an array field. */
export function textsAt(from: Shape, key: string): readonly string[] {
  return listAt(from, key).filter((value) => typeof value === "string");
}

/** The string values of an object field. */
export function textMapAt(from: Shape, key: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(shapeAt(from, key)).filter((entry): entry is [string, string] =>
      typeof entry[1] === "string"
    ),
  );
}

function own(from: Shape, key: string): unknown {
  return Object.hasOwn(from, key) ? from[key] : undefined;
}
