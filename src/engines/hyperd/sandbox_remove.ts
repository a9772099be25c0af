/**
 * RemovePodSandbox in hyperd: stop what runs, remove the pod with its containers, its files and its
 * record. Idempotent; log files stay, a kubelet deletes them itself.
 */

import type { SandboxId } from "../ids.ts";
import { forgetContainer } from "./container_remove.ts";
import type { HyperdContext } from "./context.ts";
import { removePodFiles } from "./pod_release.ts";
import { removePod } from "./sandbox_run.ts";
import { stopSandbox } from "./sandbox_stop.ts";

/** Removes a sandbox with everything in it; success when it is unknown. */
export async function removeSandbox(context: HyperdContext, id: SandboxId): Promise<void> {
  if (context.ledger.sandboxes.get(id) === undefined) return;
  await stopSandbox(context, id);
  await context.locks.run(id, async () => {
    if (context.ledger.sandboxes.get(id) === undefined) return;
    await removePod(context, id);
    for (const container of context.ledger.containersOf(id)) {
      await forgetContainer(context, container.id);
    }
    await removePodFiles(context, id);
    await context.ledger.forgetSandbox(id);
    context.log.info("Sandbox removed", { sandbox: id });
  });
}
