/**
 * The messages of QMP as this house needs them (QEMU's docs/interop/qmp-spec): reading what QEMU
 * sends, with nothing taken for granted. Pure.
 */

import { internal } from "../../../lib/errors.ts";

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

/** An event: something happened in the VM. */
export interface QmpEvent {
  readonly kind: "event";
  readonly name: string;
  readonly data: JsonObject;
}

/** What a line can be. */
export type QmpMessage =
  | { readonly kind: "greeting" }
  | { readonly kind: "return"; readonly id: string | undefined; readonly value: Json }
  | {
    readonly kind: "error";
    readonly id: string | undefined;
    readonly errorClass: string;
    readonly description: string;
  }
  | QmpEvent;

/** Error texts go into messages and logs. */
const maxTextLength = 1000;

/** Reads a line. @throws FraktiError Internal when it is no message of QMP. */
export function parseMessage(line: string): QmpMessage {
  const object = asObject(parseJson(line));
  if (object === undefined) throw internal("QEMU sent a QMP message that is no object");
  const id = typeof object["id"] === "string" ? object["id"] : undefined;
  if (object["QMP"] !== undefined) return { kind: "greeting" };
  if (object["return"] !== undefined) return { kind: "return", id, value: object["return"] };
  const error = asObject(object["error"]);
  if (error !== undefined) {
    return {
      kind: "error",
      id,
      errorClass: textOf(error["class"]),
      description: textOf(error["desc"]),
    };
  }
  const name = object["event"];
  if (typeof name === "string") {
    return { kind: "event", name, data: asObject(object["data"]) ?? {} };
  }
  throw internal("QEMU sent a QMP message of no known kind");
}

/** The value as an object; undefined when it is something else. */
export function asObject(value: Json | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

/** The value as a list; empty when it is something else. */
export function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text of bounded length; "" when it is something else. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value.slice(0, maxTextLength) : "";
}

function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(line: string): Json {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw internal("QEMU sent a QMP message that is no JSON", error);
  }
}
