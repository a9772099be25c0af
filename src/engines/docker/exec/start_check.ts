/**
 * Whether an exec really started. Docker takes the connection over before it tries, and tells a
 * failure as output with exit code 126 or 127: what a CRI client expects there is an error.
 */

import type { Clock } from "../../../lib/clock.ts";
import { FraktiError } from "../../../lib/errors.ts";
import { type DockerExec, type DockerExecsApi, FrameReader } from "../client/mod.ts";
import type { HijackedStream } from "../client/mod.ts";

/** Output or its end tells sooner; each look costs the engine while it starts the process. */
const firstLookMs = 20;
const longestLookMs = 100;
const lookGrowth = 1.25;
/** A loaded host may take long to start a process; past this the engine is taken for hung. */
const maxStartMs = 60_000;

/**
 * Resolves with the process's pid on the host once it has started; 0 on engines before 1.25,
 * which do not tell.
 * @param tellsPid false for those engines.
 * @param stream its output or end says, before the next look is due, that something has happened.
 */
export async function waitForStart(
  execs: DockerExecsApi,
  clock: Clock,
  execId: string,
  tellsPid: boolean,
  stream: Pick<HijackedStream, "arrived">,
): Promise<DockerExec> {
  const arrived = new AbortController();
  stream.arrived().then(() => arrived.abort());
  let isHurried = false;
  const deadlineMs = clock.monotonicMs() + maxStartMs;
  let waitMs = firstLookMs;
  for (;;) {
    const exec = await execs.inspect(execId);
    if (exec.pid > 0 || exec.exitCode !== undefined) return exec;
    if (!tellsPid && exec.running) return exec;
    if (clock.monotonicMs() > deadlineMs) {
      throw new FraktiError("Unavailable", `Exec "${execId}" has not started`, {
        cause: new Error(`Docker did not start it within ${maxStartMs} ms`),
      });
    }
    await clock.sleep(waitMs, isHurried ? undefined : arrived.signal);
    isHurried = arrived.signal.aborted;
    waitMs = Math.min(waitMs * lookGrowth, longestLookMs);
  }
}

const maxTextBytes = 4096;
const maxTextWaitMs = 5_000;

/** What the engine wrote in place of the process, as one line. */
export async function failureText(
  stream: HijackedStream,
  clock: Clock,
  tty: boolean,
): Promise<string> {
  const cancel = clock.after(maxTextWaitMs, () => stream.destroy());
  const frames = new FrameReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of stream.output) {
      const parts = tty ? [chunk] : frames.push(chunk).map((piece) => piece.bytes);
      for (const part of parts) text += decoder.decode(part, { stream: true });
      if (text.length > maxTextBytes) break;
    }
  } finally {
    cancel();
    stream.destroy();
  }
  return text.slice(0, maxTextBytes).replace(/\s+/g, " ").trim();
}
