/**
 * StopContainer in Docker: the stop signal, a grace, then SIGKILL; a grace of 0 kills at once. It
 * returns when the process is gone and its log is complete. Calls do not wait for each other, so a
 * second one with a shorter grace shortens the wait.
 */

import { FraktiError } from "../../lib/errors.ts";
import type { ContainerId } from "../ids.ts";
import { observeContainer } from "./container_observe.ts";
import type { DockerContext } from "./context.ts";
import { isGone, isNotRunning } from "./facts.ts";

/** After SIGKILL only a process stuck in the kernel lives on. */
const killWaitMs = 60_000;

/** Stops a container; success when it is unknown, was never started or has ended. */
export async function stopContainer(
  context: DockerContext,
  id: ContainerId,
  graceMs: number,
): Promise<void> {
  const record = context.ledger.containers.get(id);
  if (record === undefined || record.phase.state === "exited") return;
  if (graceMs <= 0) return await killContainer(context, id);
  await end(context, id, () => context.link.docker().containers.stop(id, graceMs));
}

/** Kills a container without grace and waits until it has ended. */
export async function killContainer(context: DockerContext, id: ContainerId): Promise<void> {
  await end(context, id, () => context.link.docker().containers.kill(id, "SIGKILL"));
}

async function end(
  context: DockerContext,
  id: ContainerId,
  ask: () => Promise<unknown>,
): Promise<void> {
  context.beingStopped.add(id);
  try {
    await ask().catch((error: unknown) => {
      if (!isGone(error) && !isNotRunning(error)) throw error;
    });
    await settle(context, id);
  } finally {
    context.beingStopped.delete(id);
  }
}

/** The engine answers a kill before the process is gone: wait for the event, then look. */
async function settle(context: DockerContext, id: ContainerId): Promise<void> {
  const look = () => context.locks.run(id, () => observeContainer(context, id));
  const pollMs = 250;
  for (let waitedMs = 0; waitedMs < killWaitMs; waitedMs += pollMs) {
    const phase = context.ledger.containers.get(id)?.phase.state;
    if (phase !== "running") return;
    await look();
    if (await context.ledger.waitForExit(id, pollMs)) return;
  }
  throw new FraktiError("DeadlineExceeded", `Container "${id}" does not end after SIGKILL`);
}
