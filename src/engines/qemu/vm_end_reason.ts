/** Where a VM ends in the middle of what its guest was asked for, its end is what is told. */

import type { ContainerId, SandboxId } from "../ids.ts";
import type { QemuContext } from "./context.ts";

/** The result of `work` in a pod's guest; its failure with the end of the VM for a reason. */
export async function orVmEnd<T>(
  context: QemuContext,
  id: SandboxId,
  work: () => Promise<T>,
): Promise<T> {
  const pod = context.pods.get(id); // Forgotten when it has ended.
  try {
    return await work();
  } catch (error) {
    throw pod === undefined ? error : await pod.reasonOf(error);
  }
}

/** The same for a container's pod. */
export function orVmEndOf<T>(
  context: QemuContext,
  id: ContainerId,
  work: () => Promise<T>,
): Promise<T> {
  const sandbox = context.ledger.containers.get(id)?.sandboxId;
  return sandbox === undefined ? work() : orVmEnd(context, sandbox, work);
}
