/**
 * The end of a pod's directory. Files and directories of the host are bound below it, by a container
 * that is being made also while the pod is stopped: a removal that went into one of them would remove
 * what the host, or another pod, has there.
 */

import { wrap } from "../../../lib/errors.ts";
import { entriesIfExists, removeFlatDir, removeIfExists } from "../../../lib/files.ts";
import { names, type PodLayout } from "./layout.ts";

/** Where binds are made, each on an empty file or directory of its own. */
const boundPlaces: readonly string[] = [names.share, names.disks];

/**
 * A bind that was on its way when the pod was stopped, one for each container that was being made;
 * no other begins after it.
 */
const maxTries = 20;

/**
 * Removes it; absence is success. A bind that arrives after `unmount` makes the removal begin anew.
 * @param unmount takes off what is mounted below it.
 * @throws FraktiError Unknown when something keeps being mounted, or else in use.
 */
export async function removePodDirectory(
  { id, dir }: Pick<PodLayout, "id" | "dir">,
  unmount: () => Promise<void>,
): Promise<void> {
  for (let tries = 1;; tries++) {
    await unmount();
    try {
      for (const { name } of await entriesIfExists(dir)) {
        if (boundPlaces.includes(name)) await removeFlatDir(`${dir}/${name}`);
        else await removeIfExists(`${dir}/${name}`, true); // QEMU may have made anything there.
      }
      await removeIfExists(dir);
      return;
    } catch (error) {
      if (tries === maxTries) throw wrap(`Cannot remove the directory of pod "${id}"`, error);
    }
  }
}
