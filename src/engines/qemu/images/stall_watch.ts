/**
 * Tells when a transfer makes no headway: skopeo itself waits for a silent registry for ever.
 */

import type { Clock } from "../../../lib/clock.ts";
import { isMissing } from "../../../lib/files.ts";

const lookEveryMs = 5_000;

/**
 * Aborts the returned signal when nothing below `dir` has grown for `stallMs`; `end` stops looking.
 * @param dir flat: its files are looked at, not what is below its directories.
 */
export function watchForStall(
  clock: Clock,
  dir: string,
  stallMs: number,
): { readonly stalled: AbortSignal; readonly end: () => void } {
  const stalled = new AbortController();
  const ended = new AbortController();
  const watch = async () => {
    let seen = "";
    let sinceMs = clock.monotonicMs();
    while (!ended.signal.aborted) {
      const now = await snapshot(dir);
      if (now !== seen) {
        seen = now;
        sinceMs = clock.monotonicMs();
      } else if (clock.monotonicMs() - sinceMs >= stallMs) {
        return stalled.abort();
      }
      await clock.sleep(lookEveryMs, ended.signal);
    }
  };
  watch().catch(() => stalled.abort()); // What cannot be watched must not go on for ever.
  return { stalled: stalled.signal, end: () => ended.abort() };
}

/** Names and sizes of the files there. */
async function snapshot(dir: string): Promise<string> {
  const parts: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(dir)) {
      if (!isFile) continue;
      const size = await Deno.stat(`${dir}/${name}`).then((info) => info.size, forgiveMissing);
      parts.push(`${name} ${size}`);
    }
  } catch (error) {
    forgiveMissing(error);
  }
  return parts.sort().join("\n");
}

function forgiveMissing(error: unknown): number {
  if (isMissing(error)) return 0;
  throw error;
}
