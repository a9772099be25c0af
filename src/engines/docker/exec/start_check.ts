/**
 * Whether an exec really started. Docker takes the connection over before it tries, and tells a
 * failure as output with exit code 126 or 127: what a CRI client expects there is an error.
 */

import { type Clock, waitOver } from "../../../lib/clock.ts";
import { FraktiError } from "../../../lib/errors.ts";
import { type DockerExec, type DockerExecsApi, FrameReader } from "../client/mod.ts";
import type { HijackedStream } from "../client/mod.ts";
import type { ExitWatch } from "./exit_watch.ts";

/**
 * Output or its end tells sooner. A look costs the engine while it starts the process, for which it
 * takes 40 ms or more: this is for commands that wait in silence.
 */
const firstLookMs = 60;
const longestLookMs = 100;
const lookGrowth = 1.25;
/** A loaded host may take long to start a process; past this the engine is taken for hung. */
const maxStartMs = 60_000;

export interface StartSigns {
  /** Its output or end says, before the next look is due, that something has happened. */
  readonly stream: Pick<HijackedStream, "arrived">;
  /** Of a process that has started and ended, the engine's event tells without a look. */
  readonly watch: Pick<ExitWatch, "told" | "exitCode">;
}

/**
 * Resolves once the process has started, with its pid on the host, or once it has ended. The pid is 0
 * on engines before 1.25, which do not tell.
 * @param tellsPid false for those engines.
 */
export async function waitForStart(
  execs: DockerExecsApi,
  clock: Clock,
  execId: string,
  tellsPid: boolean,
  { stream, watch }: StartSigns,
): Promise<DockerExec | "ended"> {
  const arrived = new AbortController();
  let isOver = false;
  stream.arrived().then((what) => {
    isOver = what === "end";
    arrived.abort(waitOver);
  });
  let isHurried = false;
  const deadlineMs = clock.monotonicMs() + maxStartMs;
  let waitMs = firstLookMs;
  for (;;) {
    // First, too: no engine has started a process by the time that it could be asked.
    await clock.sleep(waitMs, isHurried ? undefined : arrived.signal);
    if (!isHurried && isOver) await watch.told();
    isHurried = arrived.signal.aborted;
    if (watch.exitCode !== undefined) return "ended";
    const exec = await execs.inspect(execId);
    if (exec.pid > 0 || exec.exitCode !== undefined) return exec;
    if (!tellsPid && exec.running) return exec;
    if (clock.monotonicMs() > deadlineMs) {
      throw new FraktiError("Unavailable", `Exec "${execId}" has not started`, {
        cause: new Error(`Docker did not start it within ${maxStartMs} ms`),
      });
    }
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
