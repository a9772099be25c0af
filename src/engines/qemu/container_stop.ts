/**
 * StopContainer in a VM: the stop signal, a grace, then SIGKILL to everything of the container; a
 * grace of 0 kills at once. It returns when the process is gone and its log is complete. Calls do
 * not wait for each other, so a second one with a shorter grace shortens the wait.
 */

import { describe, FraktiError } from "../../lib/errors.ts";
import type { ContainerId } from "../ids.ts";
import { signalProcess, writeFile } from "./agent/mod.ts";
import type { QemuContext } from "./context.ts";
import { cgroupOf } from "./oci_facts.ts";
import type { ContainerRecord } from "./records.ts";
import { sigkill, signalNumber } from "../common/signals.ts";

/** After SIGKILL only a process stuck in the guest's kernel lives on. */
const killWaitMs = 60_000;

/** Stops a container; success when it is unknown, was never started or has ended. */
export async function stopContainer(
  context: QemuContext,
  id: ContainerId,
  graceMs: number,
): Promise<void> {
  const record = context.ledger.containers.get(id);
  if (record === undefined || record.phase.state !== "running") return;
  if (graceMs > 0) {
    const agent = context.pods.agent(record.sandboxId);
    await signalProcess(agent, id, signalNumber(stopSignalOf(context, record)));
    if (await context.ledger.waitForExit(id, graceMs)) return;
  }
  await killContainer(context, id);
}

/** Kills everything of a container and waits until it has ended. */
export async function killContainer(context: QemuContext, id: ContainerId): Promise<void> {
  const record = context.ledger.containers.get(id);
  if (record === undefined || record.phase.state !== "running") return;
  const agent = context.pods.agent(record.sandboxId);
  // The group first: with a PID namespace shared among the pod, children outlive the first process.
  await writeFile(agent, `/sys/fs/cgroup/${cgroupOf(id)}/cgroup.kill`, "1").catch((error) => {
    // A container that is just ending has no group any more; its first process is told all the same.
    context.log.debug("Cannot kill a control group", { container: id, error: describe(error) });
  });
  await signalProcess(agent, id, sigkill);
  if (await context.ledger.waitForExit(id, killWaitMs)) return;
  throw new FraktiError("DeadlineExceeded", `Container "${id}" does not end after SIGKILL`);
}

function stopSignalOf(context: QemuContext, record: ContainerRecord): string {
  if (record.stopSignal !== "") return record.stopSignal;
  return context.images.stopSignalOf(record.imageId);
}
