/**
 * What became of a start in whose middle frakti was killed, or the guest out of reach, or that ran out
 * of time: the process may run while the record still says "created".
 */

import { type AgentConnection, runCommand } from "./agent/mod.ts";
import type { QemuContext } from "./context.ts";
import type { ContainerRecord } from "./records.ts";

const stateTimeoutMs = 30_000;

/**
 * Notes that a container was started, where the guest tells so. When that was is not known: it was
 * created a moment before.
 */
export async function findStart(
  context: QemuContext,
  id: ContainerRecord["id"],
  agent: AgentConnection,
): Promise<void> {
  // The lock of the start: one that is under way on a channel that has broken fails first.
  await context.locks.run(id, async () => {
    const record = context.ledger.containers.get(id);
    if (record === undefined || record.phase.state !== "created") return;
    if (record.startFailure !== undefined || !await wasStarted(agent, record)) return;
    context.log.warn("Container was started without a record of it", { container: id });
    await context.ledger.containerPhase(id, {
      state: "running",
      startedAtNs: record.createdAtNs,
      pid: record.guestPid,
    });
  });
}

/** True when crun says so. @throws FraktiError when the guest does not answer. */
export async function wasStarted(
  agent: AgentConnection,
  { id }: Pick<ContainerRecord, "id">,
): Promise<boolean> {
  const { exitCode, output } = await runCommand(agent, ["crun", "state", id], {
    timeoutMs: stateTimeoutMs,
  });
  return exitCode === 0 && isStarted(output);
}

/** Reads what `crun state` prints. Exported for its tests. */
export function isStarted(state: string): boolean {
  try {
    const { status } = Object(JSON.parse(state));
    return status === "running" || status === "paused";
  } catch {
    return false; // A guest that cannot tell is asked again at the next connection.
  }
}
