/**
 * ExecSync: runs a command to its end and answers with what it wrote and how it exited; an exit
 * code other than zero is no error of the call. Everything is bounded: the output that is kept
 * (CVE-2022-31030), the run by `timeout` and by the client's patience, and the wait for output
 * after the exit, which a background child may hold open for ever (CVE-2026-53495).
 */

import type { ExecSession } from "../engines/domain.ts";
import type { ContainerId } from "../engines/ids.ts";
import { FraktiError, wrap } from "../lib/errors.ts";
import { CappedOutput, fitTogether } from "./exec_output.ts";
import type { Call, HandlerDeps, UnaryHandler } from "./handler.ts";
import { toContainerId } from "./lookup.ts";
import { toTimeoutMs } from "./seconds.ts";
import { toCommand } from "./streams.ts";
import type { ExecSyncRequest, ExecSyncResponse } from "./wire.ts";

/** How long output may still come after the command itself has ended. */
export const drainMs = 5000;

/** How long an engine may take to end a command that was given up; then it is left to it. */
const killMs = 10_000;

/** @throws FraktiError NotFound; FailedPrecondition; DeadlineExceeded; Cancelled. */
export const execSync: UnaryHandler<ExecSyncRequest, ExecSyncResponse> = async (
  deps,
  { containerId, cmd, timeout },
  call,
) => {
  const id = toContainerId(containerId);
  const command = toCommand(cmd);
  const timeoutMs = toTimeoutMs(timeout, "timeout");
  const limit = new Limit(deps, id, timeoutMs, call);
  try {
    return await run(deps, id, command, limit);
  } finally {
    limit.release();
  }
};

async function run(
  deps: HandlerDeps,
  id: ContainerId,
  command: readonly string[],
  limit: Limit,
): Promise<ExecSyncResponse> {
  const starting = deps.node.exec(id, { command, tty: false, stdin: false });
  let session: ExecSession;
  try {
    session = await Promise.race([starting, limit.reached]);
  } catch (error) {
    // It may still start after it was given up.
    starting.then((late) => end(deps, late), () => {});
    throw error;
  }
  const stdout = new CappedOutput(session.stdout);
  const stderr = new CappedOutput(session.stderr);
  let finished = false;
  try {
    const exitCode = await Promise.race([session.exit, limit.reached, failed(stdout, stderr)]);
    const drained = new AbortController();
    await Promise.race([
      Promise.all([stdout.ended, stderr.ended]).then(() => finished = true)
        .finally(() => drained.abort()),
      deps.clock.sleep(drainMs, drained.signal),
      limit.reached,
    ]);
    const output = fitTogether(stdout.bytes(), stderr.bytes());
    return { ...output, exitCode };
  } catch (error) {
    if (error instanceof FraktiError) throw error;
    throw wrap(`Cannot run a command in container "${id}"`, error);
  } finally {
    // Reading to the end has freed the session already.
    if (!finished) {
      stdout.stop();
      stderr.stop();
      await end(deps, session);
    }
  }
}

/** Rejects when reading fails; a stream that ends is no reason to stop waiting for the exit. */
function failed(...outputs: readonly CappedOutput[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const output of outputs) output.ended.catch(reject);
  });
}

/** Frees the session; what its engine cannot end in time must not keep the caller waiting. */
async function end(deps: HandlerDeps, session: ExecSession): Promise<void> {
  const ended = new AbortController();
  const killed = session.kill().then(() => {}, () => {}).finally(() => ended.abort());
  await Promise.race([killed, deps.clock.sleep(killMs, ended.signal)]);
}

/** The request's timeout and the client's going away, as one promise that can only reject. */
class Limit {
  readonly reached: Promise<never>;
  readonly #release: () => void;

  constructor(deps: HandlerDeps, id: ContainerId, timeoutMs: number, call: Call) {
    const { promise, reject } = Promise.withResolvers<never>();
    const onGone = () =>
      reject(new FraktiError("Cancelled", `Client gave up a command in container "${id}"`));
    if (call.signal.aborted) onGone();
    call.signal.addEventListener("abort", onGone, { once: true });
    const cancelTimer = timeoutMs === 0 ? () => {} : deps.clock.after(timeoutMs, () => {
      reject(
        new FraktiError(
          "DeadlineExceeded",
          `Command in container "${id}" took longer than ${timeoutMs / 1000} s and was killed`,
        ),
      );
    });
    this.#release = () => {
      cancelTimer();
      call.signal.removeEventListener("abort", onGone);
    };
    this.reached = promise;
    this.reached.catch(() => {}); // Reaching it while nobody races is no failure of its own.
  }

  release(): void {
    this.#release();
  }
}
