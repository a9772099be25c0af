/**
 * Containers that were being made when frakti was killed: it takes them back when it comes again.
 */

import { describe } from "../../lib/errors.ts";
import type { SandboxId } from "../ids.ts";
import { removeFromGuest } from "./container_remove.ts";
import type { QemuContext } from "./context.ts";
import { forgetHalfMade, readNotes } from "./making_notes.ts";

/** Takes back what a former frakti has left in a pod's VM, which must answer. */
export async function removeHalfMade(context: QemuContext, sandbox: SandboxId): Promise<void> {
  for (const container of await readNotes(context, sandbox)) {
    const { id } = container;
    if (context.ledger.containers.get(id) === undefined) {
      context.log.warn("Interrupted container undone", { container: id, sandbox });
      try {
        await removeFromGuest(context, container);
      } catch (error) {
        // Its note stays: the next start tries again, and with the VM everything goes.
        const reason = describe(error);
        context.log.error("Undoing a container failed", { container: id, sandbox, error: reason });
        continue;
      }
    }
    await forgetHalfMade(context, container);
  }
}
