/**
 * RemoveContainer in a VM: by force, with its writable layer, its volumes' bindings and its disks.
 * Idempotent; the log file stays, a kubelet deletes it itself.
 */

import { FraktiError, hasCode } from "../../lib/errors.ts";
import type { ContainerId } from "../ids.ts";
import { forgetProcess, runCommand } from "./agent/mod.ts";
import { killContainer } from "./container_stop.ts";
import type { QemuContext } from "./context.ts";
import { releaseDevices } from "./devices.ts";
import { releaseImages } from "./mounted_images.ts";
import { forgetProcessOf } from "./oci_config.ts";
import type { ContainerRecord } from "./records.ts";
import { unmountRootfs } from "./rootfs.ts";
import { unbindVolumes } from "./volumes/volumes.ts";

const deleteTimeoutMs = 30_000;

/** Removes a container; success when it is unknown. */
export async function removeContainer(context: QemuContext, id: ContainerId): Promise<void> {
  const record = context.ledger.containers.get(id);
  if (record === undefined) return;
  if (record.phase.state === "running") await killContainer(context, id);
  await context.locks.run(id, async () => {
    if (context.ledger.containers.get(id) === undefined) return;
    context.unreached.assertReached(record.sandboxId); // There, it has all of it yet.
    if (isUp(context, record)) await removeFromGuest(context, record);
    await forgetContainer(context, id);
    context.log.info("Container removed", { container: id });
  });
}

/** Forgets a container whose VM is gone or has nothing of it any more. */
export async function forgetContainer(context: QemuContext, id: ContainerId): Promise<void> {
  await context.outputs.close(id);
  context.usage.forgetContainer(id);
  await context.ledger.forgetContainer(id);
}

/** True when the pod's guest is there to be cleaned; with the VM everything in it is gone. */
function isUp(context: QemuContext, { sandboxId }: ContainerRecord): boolean {
  const pod = context.pods.get(sandboxId);
  return pod !== undefined && pod.vm.end === undefined;
}

/** What tells where a container's parts lie. */
export type ContainerParts = Pick<
  ContainerRecord,
  "id" | "sandboxId" | "volumes" | "imageTarget" | "deviceTargets" | "mountedImages"
>;

/** Takes what a container has in the guest and on the node. */
export async function removeFromGuest(
  context: QemuContext,
  record: ContainerParts,
): Promise<void> {
  const { id, sandboxId } = record;
  const agent = context.pods.agent(sandboxId);
  await deleteBundle(context, record);
  await forgetProcess(agent, id);
  await unbindVolumes(context, sandboxId, id, record.volumes);
  await unmountRootfs(context, sandboxId, id, record.imageTarget);
  await releaseImages(context, sandboxId, id, record.mountedImages ?? []);
  await releaseDevices(context, sandboxId, id, record.deviceTargets);
  await forgetProcessOf(context, record);
}

/** crun's own state of it; a container that crun does not know is success. */
async function deleteBundle(context: QemuContext, { id, sandboxId }: ContainerParts) {
  const agent = context.pods.agent(sandboxId);
  const command = ["crun", "delete", "--force", id];
  try {
    const { exitCode, output } = await runCommand(agent, command, { timeoutMs: deleteTimeoutMs });
    if (exitCode === 0 || /does not exist|No such file|not found/i.test(output)) return;
    throw new FraktiError("Internal", `Cannot delete container "${id}" in the guest`, {
      cause: new Error(output.trim()),
    });
  } catch (error) {
    // With the VM everything is gone.
    if (hasCode(error, "Unavailable") && context.pods.get(sandboxId)?.vm.end !== undefined) return;
    throw error;
  }
}
