/**
 * StopPodSandbox in hyperd: kill the containers, stop the VM, give the network back. Idempotent; a
 * step that is already done is done. A network that cannot be given back fails the call, and the
 * sandbox stays listed not ready, so that a kubelet tries again.
 */

import { describe, wrap } from "../../lib/errors.ts";
import type { SandboxId } from "../ids.ts";
import { isGone } from "./client/mod.ts";
import { killContainer } from "./container_stop.ts";
import type { HyperdContext } from "./context.ts";
import { podIsDown } from "./pod_down.ts";
import { releaseNetwork } from "./pod_release.ts";

/** Stops a sandbox; success when it is unknown or stopped. */
export async function stopSandbox(context: HyperdContext, id: SandboxId): Promise<void> {
  if (context.ledger.sandboxes.get(id) === undefined) return;
  context.link.hyperd(); // Unavailable before anything is half done.
  const running = context.ledger.containersOf(id)
    .filter((container) => container.phase.state === "running");
  // So that their ends are theirs, and hyperd has nobody to wait five seconds for.
  await Promise.all(
    running.map((container) =>
      killContainer(context, container.id).catch((error) => {
        context.log.warn("Container is ended with its VM", {
          container: container.id,
          error: describe(error),
        });
      })
    ),
  );
  await context.locks.run(id, async () => {
    try {
      await stopPod(context, id);
      await podIsDown(context, id, "Stopped");
      await releaseNetwork(context, id);
    } catch (error) {
      throw wrap(`Cannot stop sandbox "${id}"`, error);
    }
  });
}

/** hyperd ends the VM by force when it does not end by itself. */
async function stopPod(context: HyperdContext, id: SandboxId): Promise<void> {
  try {
    await context.link.hyperd().call("podStop", { podID: id });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
