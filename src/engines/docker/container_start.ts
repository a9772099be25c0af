/**
 * StartContainer in Docker: the log file is there before the process is, and what the process
 * writes is followed from its first byte.
 */

import { failedPrecondition, notFound } from "../../lib/errors.ts";
import type { ContainerId } from "../ids.ts";
import { engineStatus } from "./client/mod.ts";
import type { DockerContext } from "./context.ts";
import { isGone } from "./facts.ts";
import { observeContainer } from "./container_observe.ts";

/** What containerd reports for a container whose process could not be started. */
const startErrorExitCode = 128;

/**
 * Starts a created container.
 * @throws FraktiError Unavailable when Docker did not answer: it may run then, or be started again;
 *   FailedPrecondition when it runs or has ended already, or its sandbox is down.
 */
export async function startContainer(context: DockerContext, id: ContainerId): Promise<void> {
  const docker = context.link.docker();
  await context.locks.run(id, async () => {
    const record = context.ledger.containers.get(id);
    if (record === undefined) throw notFound(`Container "${id}" is unknown`);
    if (record.phase.state !== "created") {
      throw failedPrecondition(`Cannot start container "${id}": it is ${record.phase.state}`);
    }
    if (context.ledger.sandboxes.get(record.sandboxId)?.phase !== "ready") {
      throw failedPrecondition(
        `Cannot start container "${id}": sandbox "${record.sandboxId}" is not ready`,
      );
    }
    await context.logs.prepare(record);
    try {
      await docker.containers.start(id);
    } catch (error) {
      if (isGone(error)) throw notFound(`Container "${id}" is gone from Docker`, error);
      // Without an answer it may have started: its event tells, or the next look at Docker's list.
      if (engineStatus(error) === undefined) throw error;
      await context.usage.oomKills.endedBy(record); // So that no other container is told of it.
      await context.ledger.containerPhase(id, {
        state: "exited",
        startedAtNs: 0n,
        finishedAtNs: context.clock.nowNs(),
        exitCode: startErrorExitCode,
        reason: "StartError",
        message: error instanceof Error ? startMessage(error) : String(error),
      });
      await context.logs.close(id);
      throw error;
    }
    await context.logs.follow(record);
    await observeContainer(context, id);
    context.log.info("Container started", { container: id });
  });
}

/** The innermost text is the engine's own; a kubelet shows it in `kubectl describe`. */
function startMessage(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
