/**
 * The CRI's signal names in Docker's form.
 */

import { invalidArgument } from "../../../lib/errors.ts";

const plain = /^(?:SIGNAL_)?(SIG[A-Z0-9]{2,12})$/;
const realtime = /^(?:SIGNAL_)?SIGRT(MIN|MAX)(PLUS|MINUS)(\d{1,2})$/;

/** "SIGRTMINPLUS3" is "SIGRTMIN+3" to Docker; "" stays the image's own. */
export function stopSignalField(name: string): string | undefined {
  if (name === "") return undefined;
  const rt = realtime.exec(name);
  if (rt !== null) return `SIGRT${rt[1]}${rt[2] === "PLUS" ? "+" : "-"}${rt[3]}`;
  const match = plain.exec(name);
  if (match?.[1] === undefined) throw invalidArgument(`Stop signal "${name}" is malformed`);
  return match[1];
}
