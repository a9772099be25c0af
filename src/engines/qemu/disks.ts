/**
 * The disks of a VM: which target holds what, and how a file of the node gets into the VM's cage. A
 * target is free again as soon as its disk is gone, so that a pod may restart containers for ever.
 */

import { FraktiError } from "../../lib/errors.ts";
import type { SandboxId } from "../ids.ts";
import { type AgentConnection, waitForDisk, waitForDiskGone } from "./agent/mod.ts";
import type { QemuContext } from "./context.ts";
import { readNotes, targetsOf } from "./making_notes.ts";
import { maxTarget, type VirtualMachine } from "./vm/mod.ts";

/** The pod's scratch disk is always there. */
export const scratchTarget = 1;
const firstFreeTarget = 2;

const diskTimeoutMs = 10_000;

/** What to plug in. */
export interface NodeDisk {
  /** A file or block device of the node. */
  readonly source: string;
  readonly isReadOnly: boolean;
  readonly isDevice?: boolean;
}

/**
 * Plugs a disk in at a free target and waits until the guest has it. `onTarget` is told the target
 * before anything is done there, so that it can be noted.
 */
export async function plugDisk(
  context: QemuContext,
  id: SandboxId,
  disk: NodeDisk,
  onTarget: (target: number) => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly target: number; readonly device: string }> {
  const { vm } = context.pods.need(id);
  const agent = context.pods.agent(id);
  const target = await context.locks.run(`disks of ${id}`, async () => {
    const free = freeTarget(await takenTargets(context, id, vm));
    if (free === undefined) {
      throw new FraktiError("ResourceExhausted", `Sandbox "${id}" has ${maxTarget} disks already`);
    }
    await onTarget(free);
    await plugAt(context, vm, free, disk);
    return free;
  });
  try {
    return { target, device: await diskDevice(agent, target) };
  } catch (error) {
    await unplugDisk(context, id, target, undefined);
    throw error;
  }
}

/**
 * Those that QEMU has, and those that a container still stands for: what could not be taken out at
 * once is tried again later, and must not be another's disk by then.
 */
async function takenTargets(
  context: QemuContext,
  id: SandboxId,
  vm: VirtualMachine,
): Promise<ReadonlySet<number>> {
  const containers = [...context.ledger.containersOf(id), ...await readNotes(context, id)];
  return new Set([...(await vm.disks.list()).keys(), ...containers.flatMap(targetsOf)]);
}

/** The path in the guest of the disk at a target, once the guest has it. */
export function diskDevice(agent: AgentConnection, target: number): Promise<string> {
  return waitForDisk(agent, target, diskTimeoutMs);
}

async function plugAt(
  context: QemuContext,
  vm: VirtualMachine,
  target: number,
  { source, isReadOnly, isDevice = false }: NodeDisk,
): Promise<void> {
  const { layout } = vm;
  const { binds } = context.launcher;
  const name = String(target);
  const file = await binds.add(layout, { source, place: "disks", name, isReadOnly });
  try {
    await vm.disks.plug({ target, file, isReadOnly, isDevice });
  } catch (error) {
    await binds.remove(layout, "disks", name);
    throw error;
  }
}

/** The lock for disks that containers of a pod share: who has them, and that they come and go. */
export function sharedDisksOf(id: SandboxId): string {
  return `shared disks of ${id}`;
}

/** Takes a disk out again; absence is success, as is a VM that has ended. */
export async function unplugDisk(
  context: QemuContext,
  id: SandboxId,
  target: number,
  agent: AgentConnection | undefined,
): Promise<void> {
  const vm = context.pods.get(id)?.vm;
  if (vm === undefined || vm.end !== undefined) return;
  // To QEMU the target is free before the guest and the bind know: nobody may take it until then.
  await context.locks.run(`disks of ${id}`, async () => {
    await vm.disks.unplug(target);
    if (agent !== undefined) await waitForDiskGone(agent, target, diskTimeoutMs);
    await context.launcher.binds.remove(vm.layout, "disks", String(target));
  });
}

function freeTarget(taken: ReadonlySet<number>): number | undefined {
  for (let target = firstFreeTarget; target <= maxTarget; target++) {
    if (!taken.has(target)) return target;
  }
  return undefined;
}
