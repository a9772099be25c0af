/**
 * Disks that a VM was given in the moment in which frakti was killed, before that was noted anywhere:
 * a block device of the node would stay with the VM, and an emptyDir's file could not be given to it
 * again, as QEMU holds a lock on it.
 */

import { describe } from "../../lib/errors.ts";
import { entriesIfExists } from "../../lib/files.ts";
import type { SandboxId } from "../ids.ts";
import { type AgentConnection, readFiles } from "./agent/mod.ts";
import type { QemuContext } from "./context.ts";
import { diskDevice, scratchTarget, unplugDisk } from "./disks.ts";
import { readNotes, targetsOf } from "./making_notes.ts";

/**
 * Takes out what no record knows and the guest does not have mounted: emptyDirs are known to the
 * guest alone. For a pod of which nothing is under way; one whose guest does not answer keeps all.
 */
export async function removeLeftDisks(context: QemuContext, id: SandboxId): Promise<void> {
  const { vm } = context.pods.need(id);
  const agent = context.pods.agent(id);
  // A note that is still there is of a container that could not be taken back.
  const containers = [...context.ledger.containersOf(id), ...await readNotes(context, id)];
  const known = new Set([scratchTarget, ...containers.flatMap(targetsOf)]);
  const plugged = await vm.disks.list();
  // A disk that QEMU was not told of yet, too, is bound for it.
  const bound = (await entriesIfExists(vm.layout.disks)).map(({ name }) => Number(name));
  for (const target of new Set([...plugged.keys(), ...bound])) {
    if (known.has(target) || !Number.isInteger(target)) continue;
    try {
      if (plugged.has(target) && await isMounted(agent, target)) continue;
    } catch (error) {
      // One that does not answer would hold up the start of frakti once for each disk.
      context.log.warn("Guest does not tell of its disks", { sandbox: id, error: describe(error) });
      return;
    }
    try {
      context.log.warn("Disk without a record taken out", { sandbox: id, target });
      await unplugDisk(context, id, target, agent);
    } catch (error) {
      // It goes with the VM, at last.
      context.log.error("A disk could not be taken out", {
        sandbox: id,
        target,
        error: describe(error),
      });
    }
  }
}

/** emptyDirs are ext4, which shows each of its mounts there: the table of all may be too long to read. */
async function isMounted(agent: AgentConnection, target: number): Promise<boolean> {
  const device = await diskDevice(agent, target);
  const options = `/proc/fs/ext4/${device.slice("/dev/".length)}/options`;
  return (await readFiles(agent, [options])).has(options);
}
