/**
 * Giving back what a pod holds of the node.
 */

import type { DetachOptions } from "../../network/mod.ts";
import type { SandboxId } from "../ids.ts";
import { podCgroup } from "./account.ts";
import type { QemuContext } from "./context.ts";

/**
 * Gives back what a pod holds of the node once its VM has ended or is to end: network, namespace,
 * control groups, directory in the state directory. Its disk stays until it is removed. Callers hold
 * the sandbox's lock.
 */
export async function releasePod(
  context: QemuContext,
  id: SandboxId,
  options: DetachOptions = {},
): Promise<void> {
  const record = context.ledger.sandboxes.get(id);
  if (record === undefined) return;
  const pod = context.pods.get(id);
  pod?.release();
  await pod?.vm.kill();
  context.pods.delete(id);
  await context.launcher.endProcesses(id);
  if (record.attachment !== undefined) {
    await context.network.detach(record.attachment, options);
    await context.ledger.networkReleased(id);
  }
  if (record.netns !== undefined) await context.namespaces.unpin(record.netns);
  // After the lease: a group that is still in use must not keep that.
  await context.cgroups.remove(podCgroup(record));
  await context.launcher.removeDirectory(id);
  context.usage.forgetSandbox(id);
  // What is noted already is not written again: on a full disk a second try must get past here, for
  // the pod's own disk to be removed.
  await context.ledger.sandboxes.update(
    id,
    (current) => current.vm === undefined ? current : { ...current, vm: undefined },
  );
}
