/**
 * How a VM ends, and in which words that is told. Pure.
 */

import type { ProcessEnd } from "../../../lib/detached.ts";
import { asObject, type Json, type JsonObject, textOf } from "../qmp/messages.ts";
import { tellingLine } from "./console.ts";

/** The end of a VM. */
export interface VmEnd {
  /**
   * "off": the guest switched itself off. "crashed": it reset or panicked. "gone": QEMU ended or
   * stopped answering.
   */
  readonly kind: "off" | "crashed" | "gone";
  /** Why, for people. */
  readonly message: string;
}

/** What a SHUTDOWN or GUEST_PANICKED event says; undefined for other events. */
export function endOfEvent(name: string, data: JsonObject): VmEnd["kind"] | undefined {
  if (name === "GUEST_PANICKED") return "crashed";
  if (name !== "SHUTDOWN") return undefined;
  switch (textOf(data["reason"])) {
    case "guest-shutdown":
      return "off";
    case "guest-reset":
    case "guest-panic":
    case "subsystem-reset":
      return "crashed";
    default:
      return "gone"; // The host: quit over QMP, or a signal.
  }
}

/**
 * What query-status says of a VM that frakti finds again; undefined while it runs. A reset is not
 * told from switching off there, but a guest that panics says so on its console.
 */
export function endOfStatus(status: Json, console: string): VmEnd["kind"] | undefined {
  switch (textOf(asObject(status)?.["status"])) {
    case "shutdown":
      return /Kernel panic/.test(console) ? "crashed" : "off";
    case "guest-panicked":
    case "internal-error":
      return "crashed";
    default:
      return undefined;
  }
}

/** The end of a guest, with its last words. */
export function guestEnd(kind: "off" | "crashed", console: string): VmEnd {
  const line = tellingLine(console);
  const what = kind === "off" ? "The guest switched itself off" : "The guest crashed";
  return { kind, message: line === "" ? what : `${what}, its console says "${line}"` };
}

/** The end of the process. `tail` is the end of its output. */
export function processEnd(end: ProcessEnd | undefined, tail: string): VmEnd {
  const how = end === undefined
    ? "is gone"
    : end.code === null
    ? `was ended by ${end.signal ?? "a signal"}`
    : `ended with code ${end.code}`;
  const line = tellingLine(tail);
  return { kind: "gone", message: `QEMU ${how}${line === "" ? "" : `: ${line}`}` };
}
