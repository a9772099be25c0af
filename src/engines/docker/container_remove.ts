/**
 * RemoveContainer in Docker: force, and idempotent. The writable layer and the record go, the log
 * file stays: a kubelet deletes logs itself.
 */

import type { ContainerId } from "../ids.ts";
import { killContainer } from "./container_stop.ts";
import type { DockerContext } from "./context.ts";
import { isBeingRemoved, isGone } from "./facts.ts";

/** Removes a container; success when it is unknown. */
export async function removeContainer(context: DockerContext, id: ContainerId): Promise<void> {
  const record = context.ledger.containers.get(id);
  if (record === undefined) return;
  const docker = context.link.docker();
  if (record.phase.state === "running") await killContainer(context, id);
  await context.locks.run(id, async () => {
    try {
      await docker.containers.remove(id, { force: true, volumes: true });
    } catch (error) {
      if (!isGone(error) && !isBeingRemoved(error)) throw error;
    }
    await context.logs.close(id);
    context.usage.forgetContainer(id);
    await context.ledger.forgetContainer(id);
    context.log.info("Container removed", { container: id });
  });
}
