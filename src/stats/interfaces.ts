/**
 * Counters of network interfaces, as the process `pid` sees them in its namespace.
 */

import type { ReadText } from "./cgroup_dirs.ts";

export interface InterfaceCounters {
  readonly name: string;
  readonly rxBytes: bigint;
  readonly rxErrors: bigint;
  readonly txBytes: bigint;
  readonly txErrors: bigint;
}

/** "  eth0: <8 numbers of receiving> <8 numbers of sending>", bytes first, errors third. */
const linePattern = /^\s*([^\s:]{1,15}):\s*((?:\d+\s+){15}\d+)\s*$/;
const txOffset = 8;
const errorsOffset = 2;

/** All interfaces but loopback; undefined when the process is gone. */
export async function readInterfaces(
  pid: number,
  read: ReadText,
): Promise<readonly InterfaceCounters[] | undefined> {
  const text = await read(`/proc/${pid}/net/dev`);
  return text === undefined ? undefined : parseInterfaces(text);
}

/** Reads the table of /proc/net/dev. */
export function parseInterfaces(text: string): readonly InterfaceCounters[] {
  return text.split("\n").flatMap((line) => {
    const match = linePattern.exec(line);
    if (match === null || match[1] === undefined || match[1] === "lo") return [];
    const numbers = (match[2] ?? "").trim().split(/\s+/).map(BigInt);
    const at = (index: number) => numbers[index] ?? 0n;
    return [{
      name: match[1],
      rxBytes: at(0),
      rxErrors: at(errorsOffset),
      txBytes: at(txOffset),
      txErrors: at(txOffset + errorsOffset),
    }];
  });
}
