/**
 * Devices of the node in a VM: block devices are plugged in as disks of the VM; others have no way
 * into it and are refused with a hint.
 */

import { FraktiError, invalidArgument } from "../../lib/errors.ts";
import { statIfExists } from "../../lib/files.ts";
import type { Device } from "../domain.ts";
import type { SandboxId } from "../ids.ts";
import { readFiles } from "./agent/mod.ts";
import type { QemuContext } from "./context.ts";
import { plugDisk, unplugDisk } from "./disks.ts";

/** A block device as the guest has it. */
export interface GuestDevice {
  readonly device: Device;
  readonly target: number;
  readonly major: number;
  readonly minor: number;
}

/** Plugs the devices in; on failure none stays. */
export async function plugDevices(
  context: QemuContext,
  sandbox: SandboxId,
  devices: readonly Device[],
): Promise<readonly GuestDevice[]> {
  const plugged: GuestDevice[] = [];
  try {
    for (const device of devices) plugged.push(await plug(context, sandbox, device));
    return plugged;
  } catch (error) {
    const agent = context.pods.agent(sandbox);
    for (const { target } of plugged) await unplugDisk(context, sandbox, target, agent);
    throw error;
  }
}

async function plug(
  context: QemuContext,
  sandbox: SandboxId,
  device: Device,
): Promise<GuestDevice> {
  const info = await statIfExists(device.hostPath);
  if (info === undefined) {
    throw new FraktiError("NotFound", `Device "${device.hostPath}" is missing`);
  }
  if (!info.isBlockDevice) {
    throw invalidArgument(
      `Device "${device.hostPath}" is no block device, which alone a VM can have; ` +
        'annotate the pod with runtime.frakti.alpha.kubernetes.io/OSContainer: "true" to run it in Docker',
    );
  }
  const isReadOnly = !device.permissions.includes("w") && device.permissions !== "";
  const { target, device: path } = await plugDisk(context, sandbox, {
    source: await Deno.realPath(device.hostPath),
    isReadOnly,
    isDevice: true,
  });
  const numbers = `/sys/class/block/${path.slice("/dev/".length)}/dev`;
  const text = new TextDecoder()
    .decode((await readFiles(context.pods.agent(sandbox), [numbers])).get(numbers));
  const [major = NaN, minor = NaN] = text.trim().split(":").map(Number);
  if (!Number.isInteger(major) || !Number.isInteger(minor)) {
    throw new FraktiError("Internal", `Guest does not tell the numbers of "${path}"`);
  }
  return { device, target, major, minor };
}
