/**
 * RemovePodSandbox in Docker: stop what runs, remove the containers, the pause container and the
 * record. Idempotent; log files stay, a kubelet deletes them itself.
 */

import type { SandboxId } from "../ids.ts";
import { removeContainer } from "./container_remove.ts";
import type { DockerContext } from "./context.ts";
import { isGone } from "./facts.ts";
import { stopSandbox } from "./sandbox_stop.ts";

/** Removes a sandbox with everything in it; success when it is unknown. */
export async function removeSandbox(context: DockerContext, id: SandboxId): Promise<void> {
  if (context.ledger.sandboxes.get(id) === undefined) return;
  const docker = context.link.docker();
  await stopSandbox(context, id, { isRemovedNext: true });
  await Promise.all(
    context.ledger.containersOf(id).map((container) => removeContainer(context, container.id)),
  );
  await context.locks.run(id, async () => {
    try {
      await docker.containers.remove(id, { force: true, volumes: true });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    context.usage.forgetSandbox(id);
    await context.ledger.forgetSandbox(id);
    context.log.info("Sandbox removed", { sandbox: id });
  });
}
