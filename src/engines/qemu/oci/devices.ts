/**
 * Device nodes of a container. crun makes the usual ones (null, zero, full, random, urandom, tty,
 * console and the pseudo terminals) and lets them be used; every other device of the VM is closed
 * to it, above all its disks and the agent's port.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { Device } from "../../domain.ts";
import type { OciDevice, OciDeviceRule } from "./spec.ts";

/** A block device of the node that was plugged into the VM. */
export interface PluggedDevice {
  readonly device: Device;
  /** In the guest. */
  readonly major: number;
  readonly minor: number;
}

const blockDeviceMode = 0o660;
const permissions = /^[rwm]{1,3}$/;

export interface DeviceFields {
  readonly devices: readonly OciDevice[];
  readonly rules: readonly OciDeviceRule[];
}

export function devicesOf(plugged: readonly PluggedDevice[]): DeviceFields {
  return {
    devices: plugged.map(({ device, major, minor }) => ({
      path: pathOf(device),
      type: "b",
      major,
      minor,
      fileMode: blockDeviceMode,
      uid: 0,
      gid: 0,
    })),
    rules: [
      { allow: false, access: "rwm" },
      ...plugged.map(({ device, major, minor }): OciDeviceRule => ({
        allow: true,
        type: "b",
        major,
        minor,
        access: accessOf(device),
      })),
    ],
  };
}

/** @throws FraktiError InvalidArgument when there are any: CDI is about devices of the node. */
export function checkCdiDevices(names: readonly string[]): void {
  const [first] = names;
  if (first === undefined) return;
  throw invalidArgument(`CDI device "${first}" is a device of the node, which no VM can have`);
}

function pathOf({ containerPath }: Device): string {
  const parts = containerPath.split("/");
  if (containerPath.startsWith("/") && !parts.includes("..") && !containerPath.includes("\0")) {
    return containerPath;
  }
  throw invalidArgument(`Device path "${containerPath}" is not an absolute path`);
}

/** No permissions mean all, as in Docker. */
function accessOf({ permissions: asked, containerPath }: Device): string {
  if (asked === "") return "rwm";
  if (permissions.test(asked)) return asked;
  throw invalidArgument(`Device "${containerPath}" has malformed permissions "${asked}"`);
}
