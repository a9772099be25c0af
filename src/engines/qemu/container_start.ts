/**
 * StartContainer in a VM: lets the process go that CreateContainer made, with its log open.
 */

import { failedPrecondition, FraktiError, hasCode, notFound, wrap } from "../../lib/errors.ts";
import type { ContainerId } from "../ids.ts";
import { type AgentConnection, runCommand, type RunResult } from "./agent/mod.ts";
import type { QemuContext } from "./context.ts";
import type { ContainerRecord } from "./records.ts";
import { wasStarted } from "./start_found.ts";

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
    const { exitCode, output } = await start(agent, record);
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

/** What crun said. One that ran out of time may have let the process go before: the guest tells. */
async function start(agent: AgentConnection, record: ContainerRecord): Promise<RunResult> {
  try {
    return await runCommand(agent, ["crun", "start", record.id], { timeoutMs: startTimeoutMs });
  } catch (error) {
    const isLate = hasCode(error, "DeadlineExceeded");
    // A guest that cannot tell is asked at the next connection (start_found.ts).
    if (isLate && await wasStarted(agent, record).catch(() => false)) {
      return { exitCode: 0, output: "" };
    }
    throw wrap(`Cannot start container "${record.id}"`, error);
  }
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
