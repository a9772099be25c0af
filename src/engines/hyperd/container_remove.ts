/**
 * RemoveContainer in hyperd: killed first and removed once it has ended, because a removal that has
 * to wait breaks the whole pod. Idempotent; the log file stays, a kubelet deletes it itself.
 */

import type { ContainerId } from "../ids.ts";
import { isGone, isProblem } from "./client/mod.ts";
import { observeContainer } from "./container_observe.ts";
import { killContainer } from "./container_stop.ts";
import type { HyperdContext } from "./context.ts";
import { removeContainerFiles } from "./pod_release.ts";

/** Removes a container; success when it is unknown. */
export async function removeContainer(context: HyperdContext, id: ContainerId): Promise<void> {
  if (context.ledger.containers.get(id) === undefined) return;
  context.link.hyperd();
  do {
    await killContainer(context, id);
  } while (!await context.locks.run(id, () => removeUnlessRunning(context, id)));
}

/** False when it runs: it was started meanwhile, or by a start that was not answered in time. */
async function removeUnlessRunning(context: HyperdContext, id: ContainerId): Promise<boolean> {
  const stateOf = () => context.ledger.containers.get(id)?.phase.state;
  if (stateOf() === "created") await observeContainer(context, id);
  if (stateOf() === "running") return false;
  if (stateOf() === undefined) return true;
  await removeFromHyperd(context, id);
  await forgetContainer(context, id);
  context.log.info("Container removed", { container: id });
  return true;
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
  if (record !== undefined) {
    await removeContainerFiles(context, record.sandboxId, record.hyperdName);
  }
  await context.ledger.forgetContainer(id);
}
