/**
 * How a VM ends, and in which words that is told. Pure.
 */

import type { ProcessEnd } from "../../../lib/detached.ts";
import { asObject, type Json, type JsonObject, textOf } from "../qmp/messages.ts";
import { isPanic, tellingLine } from "./console.ts";

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

/** True for an event after which the guest does not run any more. */
export function isGuestsEnd(name: string, data: JsonObject): boolean {
  // Reasons of the host (quit over QMP, a signal) are told when the process is gone.
  return name === "GUEST_PANICKED" || name === "SHUTDOWN" && data["guest"] === true;
}

/** True when query-status says that the guest does not run any more. */
export function isEndedStatus(status: Json): boolean {
  const ended = ["shutdown", "guest-panicked", "internal-error"];
  return ended.includes(textOf(asObject(status)?.["status"]));
}

/**
 * The end of a guest. To QEMU switching off and crashing are the same reset, which needs no power
 * management in the guest; the kernel says on its console which it was.
 */
export function guestEnd(console: string): VmEnd {
  const isOff = /reboot: (?:Restarting system|Power down)/.test(console) && !isPanic(console);
  const line = tellingLine(console);
  const what = isOff ? "The guest switched itself off" : "The guest crashed";
  const isTold = line !== "" && !isOff;
  return {
    kind: isOff ? "off" : "crashed",
    message: isTold ? `${what}, its console says "${line}"` : what,
  };
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
