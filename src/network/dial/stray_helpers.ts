/**
 * Helpers of an earlier frakti. They end with it, unless they hang; then the namespaces of pods that
 * are long gone would stay with them.
 */

import type { Logger } from "../../lib/log.ts";
import type { ProcFiles } from "../../lib/proc.ts";

/** Kills every process whose last argument is a file in `dir`: a helper's socket. */
export async function endStrayHelpers(
  dir: string,
  { proc, log }: { readonly proc: ProcFiles; readonly log: Logger },
): Promise<void> {
  for (const pid of await proc.pids()) {
    const words = (await proc.read(`${pid}/cmdline`) ?? "").split("\0");
    // Each word ends with a zero byte, so the last one is empty.
    if (words.at(-2)?.startsWith(`${dir}/`) !== true) continue;
    log.warn("Ending a dial helper that outlived frakti", { pid });
    proc.kill(pid);
  }
}
