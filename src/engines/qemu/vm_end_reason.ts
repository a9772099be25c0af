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

/** From the end of a VM until the ends of its containers are noted. */
const notedMs = 10_000;

/**
 * `work` whose purpose the end of the VM serves as well: a container that was to be stopped is, and one
 * that was to be removed has nothing left in a guest. A kubelet removes containers of a pod while it
 * stops the pod.
 */
export async function orByVmEnd(
  context: QemuContext,
  id: ContainerId,
  work: () => Promise<void>,
): Promise<void> {
  const sandbox = context.ledger.containers.get(id)?.sandboxId;
  const pod = sandbox === undefined ? undefined : context.pods.get(sandbox);
  try {
    await work();
  } catch (error) {
    if (pod === undefined) throw error;
    const reason = await pod.reasonOf(error);
    if (pod.vm.end === undefined || !await context.ledger.waitForExit(id, notedMs)) throw reason;
    await work();
  }
}
