/**
 * Host devices and CDI devices of a container.
 */

import { failedPrecondition, invalidArgument, unimplemented } from "../../../lib/errors.ts";
import type { Device } from "../../domain.ts";
import { hasApi } from "../client/api_version.ts";
import type { DeviceBody, HostConfigBody } from "../client/bodies.ts";
import type { DaemonFacts } from "./facts.ts";
import type { HostFiles } from "./host_files.ts";

const permissions = /^(?!.*(.).*\1)[rwm]{1,3}$/; // Each letter at most once.

/**
 * Docker's `Devices`.
 * @throws FraktiError FailedPrecondition when a device does not exist on the host.
 */
export async function deviceFields(
  devices: readonly Device[],
  files: HostFiles,
): Promise<{ readonly Devices?: readonly DeviceBody[] }> {
  const bodies: DeviceBody[] = [];
  for (const device of devices) bodies.push(await deviceBody(device, files));
  return bodies.length === 0 ? {} : { Devices: bodies };
}

async function deviceBody(device: Device, files: HostFiles): Promise<DeviceBody> {
  const { hostPath } = device;
  const containerPath = device.containerPath === "" ? hostPath : device.containerPath;
  for (const path of [hostPath, containerPath]) {
    if (!path.startsWith("/") || path.split("/").includes("..") || path.includes("\0")) {
      throw invalidArgument(`Device path "${path}" is not an absolute path without ".."`);
    }
  }
  if (!permissions.test(device.permissions)) {
    throw invalidArgument(
      `Device "${hostPath}" has permissions "${device.permissions}", not letters of "rwm"`,
    );
  }
  if (await files.realPath(hostPath) === undefined) {
    throw failedPrecondition(`Device "${hostPath}" does not exist`);
  }
  return {
    PathOnHost: hostPath,
    PathInContainer: containerPath,
    CgroupPermissions: device.permissions,
  };
}

const cdiApi = 44;
const cdiName = /^[A-Za-z0-9][A-Za-z0-9_.-]*\/[A-Za-z][A-Za-z0-9_.-]*=[A-Za-z0-9][A-Za-z0-9_.:-]*$/;

/** Docker's `DeviceRequests`, for CDI devices such as "vendor.com/gpu=0". */
export function cdiFields(
  names: readonly string[],
  facts: DaemonFacts,
): Pick<HostConfigBody, "DeviceRequests"> {
  if (names.length === 0) return {};
  const malformed = names.find((name) => !cdiName.test(name));
  if (malformed !== undefined) throw invalidArgument(`CDI device "${malformed}" is malformed`);
  if (!hasApi(facts.apiVersion, cdiApi) || facts.info.cdiSpecDirs.length === 0) {
    throw unimplemented(
      `CDI device "${names[0]}" needs Docker 25 or newer with CDI switched on`,
    );
  }
  return { DeviceRequests: [{ Driver: "cdi", DeviceIDs: [...names] }] };
}
