/** Signals by name, as Linux numbers them on x86_64 (signal(7)). */

import { constants } from "node:os";
import { invalidArgument } from "../../lib/errors.ts";

export const sigkill = constants.signals.SIGKILL;
const sigrtmin = 34;
const sigrtmax = 64;

/**
 * "SIGINT", "INT", "2", "SIGRTMIN+3" → its number; "" is SIGTERM.
 * @throws FraktiError InvalidArgument for what is no signal.
 */
export function signalNumber(name: string): number {
  if (name === "") return constants.signals.SIGTERM;
  if (/^\d{1,2}$/.test(name)) return inRange(Number(name), name);
  const plain = name.toUpperCase().replace(/^SIG/, "");
  const [, base, sign = "+", offset = "0"] = /^(RTMIN|RTMAX)(?:([+-])(\d{1,2}))?$/.exec(plain) ??
    [];
  if (base !== undefined) {
    const from = base === "RTMIN" ? sigrtmin : sigrtmax;
    return inRange(sign === "+" ? from + Number(offset) : from - Number(offset), name);
  }
  const entry = Object.entries(constants.signals).find(([key]) => key === `SIG${plain}`);
  if (entry === undefined) throw invalidArgument(`"${name}" is no signal`);
  return entry[1];
}

function inRange(number: number, name: string): number {
  if (number >= 1 && number <= sigrtmax) return number;
  throw invalidArgument(`"${name}" is no signal`);
}
