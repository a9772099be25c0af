/**
 * Waits for what a process has left in its outputs when it has ended. A child that it left behind
 * may hold them open for ever, silent or not; that must not hold the session (CVE-2026-53495 is
 * the same for ExecSync).
 */

import type { Clock } from "../lib/clock.ts";
import type { Interrupt } from "./interrupt.ts";
import type { OutputPump } from "./output_pump.ts";

/** Without output for this long there is no more to come. As ExecSync has it. */
export const quietLimitMs = 5000;

/** What the process itself has written is there at once; who waits this long waits for another. */
export const totalLimitMs = 30_000;

const lookMs = 250;

/**
 * True when the outputs have ended, false when they are given up. Time in which the client is slow
 * to read does not count.
 * @throws what a pump fails with, or what the interrupt rejects with.
 */
export function drainOutputs(
  clock: Clock,
  pumps: readonly OutputPump[],
  interrupt: Interrupt,
): Promise<boolean> {
  const sinceMs = clock.monotonicMs();
  const waitedBefore = new Map(pumps.map((pump) => [pump, pump.waitedMs]));
  // A process that was silent before its end may have said its last words with it.
  const quietMs = (pump: OutputPump) => Math.min(pump.quietMs, clock.monotonicMs() - sinceMs);
  const isGivenUp = (pump: OutputPump) =>
    quietMs(pump) >= quietLimitMs ||
    pump.waitedMs - (waitedBefore.get(pump) ?? 0) >= totalLimitMs;
  let cancel = () => {};
  const drained = new Promise<boolean>((resolve, reject) => {
    const look = () => {
      const open = pumps.filter(({ isDone }) => !isDone);
      if (open.length > 0 && open.every(isGivenUp)) resolve(false);
      else cancel = clock.after(lookMs, look);
    };
    look();
    Promise.all(pumps.map(({ done }) => done)).then(() => resolve(true), reject);
    interrupt.reached.catch(reject);
  });
  return drained.finally(() => cancel());
}
