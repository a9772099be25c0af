/**
 * StartContainer in hyperd: the log file is there before the process is. Once only: hyperd would say
 * that an ended container runs again, and never change its mind.
 */

import { failedPrecondition, hasCode, notFound } from "../../lib/errors.ts";
import type { ContainerId } from "../ids.ts";
import { isGone } from "./client/mod.ts";
import { observeContainer } from "./container_observe.ts";
import type { HyperdContext } from "./context.ts";

/** What containerd reports for a container whose process could not be started. */
const startErrorExitCode = 128;

/**
 * Starts a created container.
 * @throws FraktiError FailedPrecondition when it runs or has ended already, or its sandbox is down.
 */
export async function startContainer(context: HyperdContext, id: ContainerId): Promise<void> {
  await context.locks.run(id, async () => {
    const record = context.ledger.containers.get(id);
    if (record === undefined) throw notFound(`Container "${id}" is unknown`);
    const hyperd = context.link.hyperd();
    if (record.phase.state !== "created") {
      throw failedPrecondition(`Cannot start container "${id}": it is ${record.phase.state}`);
    }
    if (context.ledger.sandboxes.get(record.sandboxId)?.phase !== "ready") {
      throw failedPrecondition(
        `Cannot start container "${id}": sandbox "${record.sandboxId}" is not ready`,
      );
    }
    await context.logs.prepare(record);
    const startedAtNs = context.clock.nowNs();
    try {
      await hyperd.call("containerStart", { containerId: id });
    } catch (error) {
      if (isGone(error)) throw notFound(`Container "${id}" is gone from hyperd`, error);
      // It may have been started all the same: the next look tells.
      if (hasCode(error, "Unavailable") || hasCode(error, "DeadlineExceeded")) throw error;
      await context.ledger.containerPhase(id, {
        state: "exited",
        startedAtNs: 0n,
        finishedAtNs: context.clock.nowNs(),
        exitCode: startErrorExitCode,
        reason: "StartError",
        message: error instanceof Error && error.cause instanceof Error
          ? error.cause.message
          : String(error),
      });
      await context.logs.close(id);
      throw error;
    }
    await context.logs.follow(record);
    await context.ledger.containerPhase(id, { state: "running", startedAtNs, pid: 0 });
    context.log.info("Container started", { container: id });
    await observeContainer(context, id); // One that has no such command has ended already.
  });
}
