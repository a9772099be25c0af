/**
 * UpdateContainerResources in a VM: the guest's control group of the container, through crun. Zero
 * and absent leave alone.
 */

import { failedPrecondition, FraktiError, notFound } from "../../lib/errors.ts";
import { mergeResources } from "../common/resources.ts";
import type { LinuxResources } from "../domain.ts";
import type { ContainerId } from "../ids.ts";
import { runCommand, writeFile } from "./agent/mod.ts";
import type { QemuContext } from "./context.ts";
import { containerPaths } from "./guest_paths.ts";
import { resourcesJson } from "./oci_config.ts";

const updateTimeoutMs = 30_000;

/** @throws FraktiError NotFound; Unknown with crun's words: nothing is changed then. */
export async function updateContainerResources(
  context: QemuContext,
  id: ContainerId,
  resources: LinuxResources,
): Promise<void> {
  await context.locks.run(id, async () => {
    const record = context.ledger.containers.get(id);
    if (record === undefined) throw notFound(`Container "${id}" is unknown`);
    if (record.phase.state === "exited") {
      throw failedPrecondition(`Cannot update container "${id}": it has ended`);
    }
    const merged = mergeResources(record.resources, resources);
    const agent = context.pods.agent(record.sandboxId);
    const file = `${containerPaths(id).dir}/resources.json`;
    await writeFile(agent, file, resourcesJson(merged), { mode: 0o600 });
    const { exitCode, output } = await runCommand(
      agent,
      ["crun", "update", "--resources", file, id],
      { timeoutMs: updateTimeoutMs },
    );
    if (exitCode !== 0) {
      throw new FraktiError("Unknown", `Cannot update the resources of container "${id}"`, {
        cause: new Error(output.trim()),
      });
    }
    await context.ledger.containers.update(id, (current) => ({ ...current, resources: merged }));
  });
}
