/**
 * StartContainer in a VM: lets the process go that CreateContainer made, with its log open.
 */

import { failedPrecondition, FraktiError, notFound } from "../../lib/errors.ts";
import type { ContainerId } from "../ids.ts";
import { runCommand } from "./agent/mod.ts";
import type { QemuContext } from "./context.ts";

const startTimeoutMs = 60_000;

/** @throws FraktiError FailedPrecondition when it was started before, Unknown with crun's words. */
export async function startContainer(context: QemuContext, id: ContainerId): Promise<void> {
  await context.locks.run(id, async () => {
    const record = context.ledger.containers.get(id);
    if (record === undefined) throw notFound(`Container "${id}" is unknown`);
    const { state } = record.phase;
    if (state !== "created") {
      throw failedPrecondition(`Cannot start container "${id}": it is ${state}`);
    }
    if (record.startFailure !== undefined) return await fail(context, id, record.startFailure);
    const agent = context.pods.agent(record.sandboxId);
    const startedAtNs = context.clock.nowNs();
    const { exitCode, output } = await runCommand(agent, ["crun", "start", id], {
      timeoutMs: startTimeoutMs,
    });
    if (exitCode !== 0) {
      const startFailure = output.trim() || `crun ended with ${exitCode}`;
      // The process ends of it, and its end must not pass for that of a program that ran.
      await context.ledger.containers.update(id, (current) => ({ ...current, startFailure }));
      throw new FraktiError("Unknown", `Cannot start container "${id}"`, {
        cause: new Error(startFailure),
      });
    }
    await context.ledger.containerPhase(id, {
      state: "running",
      startedAtNs,
      pid: record.guestPid,
    });
    context.log.info("Container started", { container: id });
  });
}

/** As Docker and containerd tell a command that cannot be run. */
const cannotRunExitCode = 128;

async function fail(context: QemuContext, id: ContainerId, message: string): Promise<never> {
  await context.ledger.containerPhase(id, {
    state: "exited",
    startedAtNs: 0n,
    finishedAtNs: context.clock.nowNs(),
    exitCode: cannotRunExitCode,
    reason: "ContainerCannotRun",
    message,
  });
  throw new FraktiError("Unknown", `Cannot start container "${id}"`, { cause: new Error(message) });
}
