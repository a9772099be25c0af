/**
 * The exit code of an exec: hyperd tells it by a call of its own, which gives up after ten seconds
 * and is then to be repeated.
 */

import type { Clock } from "../../../lib/clock.ts";
import type { HyperdClient } from "../client/mod.ts";
import { isProblem } from "../client/mod.ts";

/** hyperd's ten seconds, and what a busy node adds. */
const waitCallMs = 30_000;
const pauseMs = 50;

/**
 * Resolves with the code once the process has ended; undefined when `signal` was aborted first.
 * @throws HyperdError when hyperd goes away or does not know the exec any more.
 */
export async function waitForExit(
  parts: { readonly hyperd: HyperdClient; readonly clock: Clock },
  containerId: string,
  execId: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  while (!signal.aborted) {
    try {
      const { exitCode } = await parts.hyperd.call(
        "wait",
        { container: containerId, processId: execId, noHang: false },
        { timeoutMs: waitCallMs, signal },
      );
      return exitCode;
    } catch (error) {
      if (!isProblem(error, "waitTimedOut", "tooSlow", "cancelled")) throw error;
      await parts.clock.sleep(pauseMs, signal);
    }
  }
  return undefined;
}
