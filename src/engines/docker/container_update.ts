/**
 * UpdateContainerResources in Docker, and what the status then shows: a kubelet's in-place resize
 * is complete only when `resources` of the status says so.
 */

import { failedPrecondition, notFound } from "../../lib/errors.ts";
import type { LinuxResources } from "../domain.ts";
import type { ContainerId } from "../ids.ts";
import type { DockerContext } from "./context.ts";
import { daemonFacts } from "./facts.ts";
import { mergeResources } from "../common/resources.ts";
import { updateSpec } from "./mapping/mod.ts";

/**
 * Changes limits of a created or running container; zero and absent fields are left alone.
 * @throws FraktiError FailedPrecondition when it has ended.
 */
export async function updateContainerResources(
  context: DockerContext,
  id: ContainerId,
  resources: LinuxResources,
): Promise<void> {
  const docker = context.link.docker();
  await context.locks.run(id, async () => {
    const record = context.ledger.containers.get(id);
    if (record === undefined) throw notFound(`Container "${id}" is unknown`);
    if (record.phase.state === "exited") {
      throw failedPrecondition(`Cannot update container "${id}": it has ended`);
    }
    const body = updateSpec(resources, record.resources, daemonFacts(context, id));
    if (Object.keys(body).length > 0) await docker.containers.update(id, body);
    await context.ledger.containers.update(id, (current) => ({
      ...current,
      resources: mergeResources(current.resources, resources),
    }));
  });
}
