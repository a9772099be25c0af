/**
 * Containers whose making was broken off, and of which something may lie in their pod's VM: frakti was
 * killed, or the guest did not answer when they were taken back. They are taken back when the guest is
 * connected to again, and before the next one is made.
 */

import { describe } from "../../lib/errors.ts";
import type { SandboxId } from "../ids.ts";
import { removeFromGuest } from "./container_remove.ts";
import type { QemuContext } from "./context.ts";
import { forgetHalfMade, readNotes } from "./making_notes.ts";

/**
 * Takes back all that there are in a pod's VM but those that are being made. Never rejects: what cannot
 * be taken back keeps its note, and with it its disks, until the next time; with the VM everything goes.
 */
export async function removeHalfMade(context: QemuContext, sandbox: SandboxId): Promise<void> {
  try {
    // Twice at once, the second would take out disks that are another's by then.
    await context.locks.run(`half made of ${sandbox}`, () => removeNoted(context, sandbox));
  } catch (error) {
    context.log.error("Containers that were not made whole cannot be told", {
      sandbox,
      error: describe(error),
    });
  }
}

async function removeNoted(context: QemuContext, sandbox: SandboxId): Promise<void> {
  // Before the notes: of one that ends meanwhile the disks in its note may be another's already.
  const underWay = new Set(context.making);
  for (const container of await readNotes(context, sandbox)) {
    const { id } = container;
    // One that has begun since has its note after these were listed, or not yet.
    if (underWay.has(id) || context.making.has(id)) continue;
    if (context.ledger.containers.get(id) === undefined) {
      context.log.warn("Interrupted container undone", { container: id, sandbox });
      try {
        await removeFromGuest(context, container);
      } catch (error) {
        const reason = describe(error);
        context.log.error("Undoing a container failed", { container: id, sandbox, error: reason });
        continue;
      }
    }
    await forgetHalfMade(context, container);
  }
}
