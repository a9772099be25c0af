/**
 * Devices of the node in a VM: block devices are plugged in as disks of the VM, once for all
 * containers of the pod, so that they see each other's writes; others have no way into it and are
 * refused with a hint.
 */

import { FraktiError, invalidArgument } from "../../lib/errors.ts";
import { statIfExists } from "../../lib/files.ts";
import { Undo } from "../../lib/undo.ts";
import type { Device } from "../domain.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import { readFiles } from "./agent/mod.ts";
import { type QemuContext, reportUndo } from "./context.ts";
import { diskDevice, plugDisk, sharedDisksOf, unplugDisk } from "./disks.ts";

/** A block device as the guest has it. */
export interface GuestDevice {
  readonly device: Device;
  readonly target: number;
  readonly major: number;
  readonly minor: number;
}

/** Plugs the devices in that the pod does not have yet; on failure none stays. */
export async function plugDevices(
  context: QemuContext,
  sandbox: SandboxId,
  container: ContainerId,
  devices: readonly Device[],
): Promise<readonly GuestDevice[]> {
  const plugged: GuestDevice[] = [];
  const targets: number[] = [];
  const { users } = context.pods.need(sandbox);
  await using undo = new Undo(reportUndo(context));
  undo.push(
    "take a container's devices out",
    () => releaseDevices(context, sandbox, container, targets),
  );
  for (const device of devices) {
    const target = await context.locks.run(sharedDisksOf(sandbox), async () => {
      const target = await plug(context, sandbox, device);
      users.add(target, container);
      return target;
    });
    targets.push(target);
    plugged.push({ device, target, ...await numbersOf(context, sandbox, target) });
  }
  undo.commit();
  return plugged;
}

/** Takes a container's devices out of the VM, those that no other container of the pod has. */
export async function releaseDevices(
  context: QemuContext,
  sandbox: SandboxId,
  container: ContainerId,
  targets: readonly number[],
): Promise<void> {
  const users = context.pods.get(sandbox)?.users;
  for (const target of targets) users?.remove(target, container);
  for (const target of new Set(targets)) {
    await context.locks.run(sharedDisksOf(sandbox), async () => {
      if (users?.has(target) === true) return;
      await unplugDisk(context, sandbox, target, context.pods.agent(sandbox));
    });
  }
}

async function plug(context: QemuContext, sandbox: SandboxId, device: Device): Promise<number> {
  const { hostPath, permissions } = device;
  const info = await statIfExists(hostPath);
  if (info === undefined) throw new FraktiError("NotFound", `Device "${hostPath}" is missing`);
  if (!info.isBlockDevice) {
    throw invalidArgument(
      `Device "${hostPath}" is no block device, which alone a VM can have; ` +
        'annotate the pod with runtime.frakti.alpha.kubernetes.io/OSContainer: "true" to run it in Docker',
    );
  }
  const isReadOnly = !permissions.includes("w") && permissions !== "";
  const present = await pluggedAt(context, sandbox, info.rdev, isReadOnly);
  if (present !== undefined) return present;
  const source = await Deno.realPath(hostPath);
  const { target } = await plugDisk(context, sandbox, { source, isReadOnly, isDevice: true });
  return target;
}

/** Where the VM has this device already: what is bound for QEMU is the device itself. */
async function pluggedAt(
  context: QemuContext,
  sandbox: SandboxId,
  rdev: number | null,
  isReadOnly: boolean,
): Promise<number | undefined> {
  const { vm } = context.pods.need(sandbox);
  for (const target of (await vm.disks.list()).keys()) {
    const bound = await statIfExists(`${vm.layout.disks}/${target}`);
    if (bound?.isBlockDevice !== true || bound.rdev !== rdev) continue;
    if (await vm.disks.isReadOnly(target) === isReadOnly) return target;
  }
  return undefined;
}

async function numbersOf(
  context: QemuContext,
  sandbox: SandboxId,
  target: number,
): Promise<{ readonly major: number; readonly minor: number }> {
  const agent = context.pods.agent(sandbox);
  const path = await diskDevice(agent, target);
  const numbers = `/sys/class/block/${path.slice("/dev/".length)}/dev`;
  const text = new TextDecoder().decode((await readFiles(agent, [numbers])).get(numbers));
  const [major = NaN, minor = NaN] = text.trim().split(":").map(Number);
  if (!Number.isInteger(major) || !Number.isInteger(minor)) {
    throw new FraktiError("Internal", `Guest does not tell the numbers of "${path}"`);
  }
  return { major, minor };
}
