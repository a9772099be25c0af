/**
 * Exec: runs a command in a container for a client. Its exit code is the outcome; a client that
 * vanishes takes the command with it. The engine is asked as soon as the client is there and gets
 * ready while it opens its streams, one after another (docs/decisions/0074-getting-ready.md).
 */

import { FraktiError } from "../lib/errors.ts";
import type { ExecSession } from "../engines/domain.ts";
import type { CommandVerb } from "./command_session.ts";
import { drainOutputs } from "./output_drain.ts";
import type { Clock } from "../lib/clock.ts";
import type { ExecStreamRequest } from "./requests.ts";
import type { CommandOutcome } from "./status.ts";
import type { StreamingTarget } from "./target.ts";

export function execVerb(
  target: Pick<StreamingTarget, "exec">,
  { containerId, command, tty, stdin }: ExecStreamRequest,
  clock: Clock,
): CommandVerb<ExecSession> & { abandon(): void } {
  const { promise: mayStart, resolve, reject } = Promise.withResolvers<void>();
  mayStart.catch(() => {}); // An engine that has failed before does not wait for it.
  const starting = target.exec(containerId, { command, tty, stdin, mayStart });
  starting.catch(() => {}); // Told by `start`.
  return {
    action: "executing command in container",
    start: () => {
      resolve();
      return starting;
    },
    abandon: () => reject(new FraktiError("Cancelled", "The client did not open its streams")),
    wait: async (session, outputs, interrupt) => {
      const exitCode = await Promise.race([
        session.exit,
        interrupt.reached,
        ...outputs.map(({ done }) => failureOf(done)),
      ]);
      await drainOutputs(clock, outputs, interrupt);
      return outcomeOf(exitCode);
    },
    // Kills nothing when the command has ended: a child that it left behind on purpose lives on.
    release: (session) => session.kill(),
  };
}

function outcomeOf(exitCode: number): CommandOutcome {
  return exitCode === 0 ? { kind: "success" } : { kind: "exited", exitCode };
}

/** Rejects when `done` does; an output that ends is no reason to stop waiting for the exit. */
function failureOf(done: Promise<void>): Promise<never> {
  return new Promise((_resolve, reject) => {
    done.catch(reject);
  });
}
