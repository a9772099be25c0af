/**
 * StopPodSandbox in Docker: kill the containers, give the network back, kill the pause container.
 * Idempotent; a step that is already done is done. A network that cannot be given back fails the
 * call, and the sandbox stays listed not ready, so that a kubelet tries again.
 */

import { wrap } from "../../lib/errors.ts";
import type { DetachOptions } from "../../network/mod.ts";
import type { SandboxId } from "../ids.ts";
import { killContainer } from "./container_stop.ts";
import type { DockerContext } from "./context.ts";
import { isGone, isNotRunning } from "./facts.ts";

/** Stops a sandbox; success when it is unknown or stopped. `isRemovedNext`: by force. */
export async function stopSandbox(
  context: DockerContext,
  id: SandboxId,
  options: { readonly isRemovedNext?: boolean } = {},
): Promise<void> {
  if (context.ledger.sandboxes.get(id) === undefined) return;
  context.link.docker(); // Unavailable before anything is half done.
  await context.locks.run(id, async () => {
    const running = context.ledger.containersOf(id)
      .filter((container) => container.phase.state === "running");
    await Promise.all(running.map((container) => killContainer(context, container.id)));
    const isDown = context.ledger.sandboxes.get(id)?.phase === "notready";
    // The namespace is pinned, so its network outlives the pause container.
    const outcomes = await Promise.allSettled([
      releaseNetwork(context, id),
      // Removal kills what of a stopped sandbox should still run.
      isDown && options.isRemovedNext === true ? undefined : killPause(context, id),
    ]);
    await context.ledger.sandboxDown(id, "Stopped");
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") throw wrap(`Cannot stop sandbox "${id}"`, outcome.reason);
    }
  });
}

/**
 * CNI DEL with what ADD was given, then the namespace's pin. What still dials in it is ended.
 * Callers hold the sandbox's lock.
 */
export async function releaseNetwork(
  context: DockerContext,
  id: SandboxId,
  options: DetachOptions = {},
): Promise<void> {
  const record = context.ledger.sandboxes.get(id);
  if (record === undefined) return;
  await context.dialer.end(id);
  if (record.attachment !== undefined) {
    await context.network.detach(record.attachment, options);
    await context.ledger.networkReleased(id);
  }
  if (record.netns !== undefined) await context.namespaces.unpin(record.netns);
}

async function killPause(context: DockerContext, id: SandboxId): Promise<void> {
  try {
    await context.link.docker().containers.kill(id, "SIGKILL");
  } catch (error) {
    if (!isGone(error) && !isNotRunning(error)) throw error;
  }
}
