/**
 * A name that Docker says is taken while no record has it: a leftover of a create that frakti did
 * not live to finish. Leftovers of this installation are removed and the create is tried again;
 * anything else with that name is not ours to touch.
 */

import { FraktiError, hasCode } from "../../lib/errors.ts";
import { conflictingContainerId, engineText } from "./client/mod.ts";
import type { DockerContext } from "./context.ts";
import { isGone } from "./facts.ts";
import { instanceOf } from "./mapping/mod.ts";

/** Runs `create`; once more after a leftover that holds the name has been removed. */
export async function conflictingContainer<T>(
  context: DockerContext,
  name: string,
  create: () => Promise<T>,
): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (!hasCode(error, "AlreadyExists")) throw error;
    const holder = conflictingContainerId(engineText(error));
    if (holder === undefined) throw error;
    await removeLeftover(context, name, holder);
    return await create();
  }
}

async function removeLeftover(context: DockerContext, name: string, id: string): Promise<void> {
  const { containers } = context.link.docker();
  try {
    const { config } = await containers.inspect(id);
    const { sandboxes, containers: known } = context.ledger;
    const isOurs = instanceOf(config.labels) === context.settings.instanceId;
    if (!isOurs || sandboxes.get(id) !== undefined || known.get(id) !== undefined) {
      throw new FraktiError("AlreadyExists", `Name "${name}" is taken by container "${id}"`);
    }
    context.log.warn("Leftover of an interrupted create removed", { container: id, name });
    await containers.remove(id, { force: true, volumes: true });
  } catch (error) {
    if (!isGone(error)) throw error; // Gone meanwhile: the name is free.
  }
}
