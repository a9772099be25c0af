/**
 * Which process a VM is, in a form that survives frakti: the process id alone may long belong to
 * somebody else, with its start time and the boot it cannot. Only a process that is still the one
 * meant is ever signalled.
 */

import type { Clock } from "../../../lib/clock.ts";
import { FraktiError } from "../../../lib/errors.ts";
import type { ProcFiles } from "../../../lib/proc.ts";
import { vmName } from "./command_line.ts";

export { type ProcFiles, systemProc } from "../../../lib/proc.ts";

/** A process, for a record. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between boot and its start (proc(5), stat field 22). */
  readonly startTicks: number;
  /** /proc/sys/kernel/random/boot_id. */
  readonly bootId: string;
}

/** The identity of a process that runs now; undefined when it is gone. */
export async function identify(pid: number, proc: ProcFiles): Promise<ProcessIdentity | undefined> {
  const startTicks = startTicksOf(await proc.read(`${pid}/stat`) ?? "");
  const bootId = (await proc.read("sys/kernel/random/boot_id") ?? "").trim();
  return startTicks === undefined ? undefined : { pid, startTicks, bootId };
}

/** True while the very process runs; one that has ended and waits for its parent does not. */
export async function isAlive(identity: ProcessIdentity, proc: ProcFiles): Promise<boolean> {
  const now = await identify(identity.pid, proc);
  return now !== undefined && now.startTicks === identity.startTicks &&
    now.bootId === identity.bootId;
}

/**
 * The processes that are, or are about to become, QEMU of a pod: also those of which no record was
 * written because frakti was killed just then.
 */
export async function findByPod(podId: string, proc: ProcFiles): Promise<ProcessIdentity[]> {
  const found: ProcessIdentity[] = [];
  for (const pid of await proc.pids()) {
    const words = (await proc.read(`${pid}/cmdline`) ?? "").split("\0");
    const isNamed = words.some((word, index) =>
      word === "-name" && words[index + 1] === vmName(podId)
    );
    const identity = isNamed ? await identify(pid, proc) : undefined;
    if (identity !== undefined) found.push(identity);
  }
  return found;
}

/** How often to look whether a process is gone. */
const lookMs = 10;

/** True once the process is gone, false when it is still there after `timeoutMs`. */
export async function waitUntilGone(
  identity: ProcessIdentity,
  timeoutMs: number,
  { proc, clock }: { readonly proc: ProcFiles; readonly clock: Clock },
): Promise<boolean> {
  const untilMs = clock.monotonicMs() + timeoutMs;
  while (await isAlive(identity, proc)) {
    if (clock.monotonicMs() >= untilMs) return false;
    await clock.sleep(lookMs);
  }
  return true;
}

/**
 * SIGKILL, and waits until the process is gone. Gone already is success.
 * @throws FraktiError DeadlineExceeded when it is still there after `timeoutMs`.
 */
export async function killAndWait(
  identity: ProcessIdentity,
  timeoutMs: number,
  deps: { readonly proc: ProcFiles; readonly clock: Clock },
): Promise<void> {
  if (!await isAlive(identity, deps.proc)) return;
  deps.proc.kill(identity.pid);
  if (await waitUntilGone(identity, timeoutMs, deps)) return;
  const what = `Process ${identity.pid} is still there ${timeoutMs} ms after SIGKILL`;
  throw new FraktiError("DeadlineExceeded", what);
}

/** States of a process that has ended (proc(5)): zombie, dead. */
const endedStates = new Set(["Z", "X", "x"]);

/** Fields are counted from the last parenthesis: the name before it may hold anything. */
function startTicksOf(stat: string): number | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 1).trim().split(" ");
  const [state = ""] = fields;
  const ticks = Number(fields[19]);
  return endedStates.has(state) || !Number.isSafeInteger(ticks) || ticks <= 0 ? undefined : ticks;
}
