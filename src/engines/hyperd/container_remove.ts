/**
 * RemoveContainer in hyperd: killed first and removed once it has ended, because a removal that has
 * to wait breaks the whole pod. Idempotent; the log file stays, a kubelet deletes it itself.
 */

import { removeIfExists } from "../../lib/files.ts";
import type { ContainerId } from "../ids.ts";
import { isGone, isProblem } from "./client/mod.ts";
import { killContainer } from "./container_stop.ts";
import type { HyperdContext } from "./context.ts";

/** Removes a container; success when it is unknown. */
export async function removeContainer(context: HyperdContext, id: ContainerId): Promise<void> {
  const record = context.ledger.containers.get(id);
  if (record === undefined) return;
  context.link.hyperd();
  if (record.phase.state === "running") await killContainer(context, id);
  await context.locks.run(id, async () => {
    if (context.ledger.containers.get(id) === undefined) return;
    await removeFromHyperd(context, id);
    await forgetContainer(context, id);
    context.log.info("Container removed", { container: id });
  });
}

/** Of a pod that is down it goes with the pod. Absence is success. */
export async function removeFromHyperd(context: HyperdContext, id: ContainerId): Promise<void> {
  try {
    await context.link.hyperd().call("containerRemove", { containerId: id });
  } catch (error) {
    if (!isGone(error) && !isProblem(error, "podNotAlive")) throw error;
  }
}

/** Forgets a container that hyperd does not have any more. */
export async function forgetContainer(context: HyperdContext, id: ContainerId): Promise<void> {
  const record = context.ledger.containers.get(id);
  await context.logs.close(id);
  context.asked.delete(id);
  if (record !== undefined && record.outputPath !== "") await removeIfExists(record.outputPath);
  await context.ledger.forgetContainer(id);
}
