/**
 * Since which API version the engine knows each field of a create or update body, from the
 * Engine API's version history. Engines ignore fields they do not know, silently: a security
 * setting sent too early would be lost. The tests beside check every body against this table.
 */

import { type ApiVersion, hasApi, oldestApiVersion } from "../client/api_version.ts";

/** Since 1.24 or before. */
const old = oldestApiVersion.minor;

/** Field path → minor of the first version. Elements of arrays and values of maps have no path. */
const fields: Readonly<Record<string, number>> = {
  Image: old,
  Hostname: old,
  User: old,
  Env: old,
  Cmd: old,
  Entrypoint: old,
  WorkingDir: old,
  Labels: old,
  OpenStdin: old,
  StdinOnce: old,
  Tty: old,
  StopSignal: old,
  "Healthcheck.Test": old,
  "HostConfig.Binds": old,
  "HostConfig.CapAdd": old,
  "HostConfig.CapDrop": old,
  "HostConfig.CgroupParent": old,
  "HostConfig.CpuPeriod": old,
  "HostConfig.CpuQuota": old,
  "HostConfig.CpuShares": old,
  "HostConfig.CpusetCpus": old,
  "HostConfig.CpusetMems": old,
  "HostConfig.DeviceRequests.DeviceIDs": 40,
  // Driver "cdi" came with Docker 25.
  "HostConfig.DeviceRequests.Driver": 44,
  "HostConfig.Devices.CgroupPermissions": old,
  "HostConfig.Devices.PathInContainer": old,
  "HostConfig.Devices.PathOnHost": old,
  "HostConfig.GroupAdd": old,
  "HostConfig.IpcMode": old,
  "HostConfig.LogConfig.Config": old,
  "HostConfig.LogConfig.Type": old,
  "HostConfig.MaskedPaths": 38,
  "HostConfig.Memory": old,
  "HostConfig.MemorySwap": old,
  "HostConfig.Mounts.BindOptions.Propagation": 25,
  "HostConfig.Mounts.BindOptions.ReadOnlyForceRecursive": 44,
  "HostConfig.Mounts.BindOptions.ReadOnlyNonRecursive": 44,
  "HostConfig.Mounts.ReadOnly": 25,
  "HostConfig.Mounts.Source": 25,
  "HostConfig.Mounts.Target": 25,
  "HostConfig.Mounts.Type": 25,
  "HostConfig.NetworkMode": old,
  "HostConfig.OomScoreAdj": old,
  "HostConfig.PidMode": old,
  "HostConfig.Privileged": old,
  "HostConfig.ReadonlyPaths": 38,
  "HostConfig.ReadonlyRootfs": old,
  "HostConfig.RestartPolicy.Name": old,
  "HostConfig.SecurityOpt": old,
  "HostConfig.Sysctls": old,
  "HostConfig.UTSMode": old,
  "HostConfig.UsernsMode": old,
};

/** Values that came later than their field. */
const values: Readonly<Record<string, number>> = {
  "HostConfig.IpcMode=shareable": 32,
};

/** Fields whose content is the client's: labels, options of a log driver. */
const opaque: ReadonlySet<string> = new Set([
  "Labels",
  "HostConfig.Sysctls",
  "HostConfig.LogConfig.Config",
]);

/**
 * The fields and values of a create body that `version` does not know, or that this table does
 * not; empty when the body is right.
 */
export function newerFields(body: object, version: ApiVersion): readonly string[] {
  return leaves(body, "").filter((path) => {
    const since = values[path] ?? fields[path.split("=")[0] ?? ""];
    return since === undefined || !hasApi(version, since);
  });
}

function leaves(value: unknown, path: string): readonly string[] {
  if (opaque.has(path)) return [path];
  if (Array.isArray(value)) {
    const objects = value.filter((item) => typeof item === "object" && item !== null);
    return objects.length === 0 ? [path] : objects.flatMap((item) => leaves(item, path));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return entries.flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
  }
  return [typeof value === "string" ? `${path}=${value}` : path];
}
