/**
 * A container as the client describes it → domain.
 */

import type { ContainerConfig, EnvVar } from "../../engines/domain.ts";
import { invalidArgument } from "../../lib/errors.ts";
import type { ContainerConfig as WireContainerConfig, KeyValue } from "../wire.ts";
import { absolutePath, nameWord, nonEmpty, relativePath, required, withoutNul } from "./checks.ts";
import { signalName } from "./enums.ts";
import { toImageSpec } from "./image_spec.ts";
import { toStringMap } from "./maps.ts";
import { toDevice, toMount } from "./mounts.ts";
import { noResources, toResources } from "./resources.ts";
import { type SecurityTraits, toContainerSecurity } from "./security.ts";

/** A container's config, checked. `field` names it in refusals. */
export function toContainerConfig(
  config: WireContainerConfig | undefined,
  traits: SecurityTraits,
  field: string,
): ContainerConfig {
  const given = required(config, field);
  const metadata = required(given.metadata, `${field}.metadata`);
  const resources = given.linux?.resources;
  return {
    metadata: {
      name: nameWord(metadata.name, `${field}.metadata.name`),
      attempt: metadata.attempt,
    },
    image: toImageSpec(given.image, `${field}.image`),
    command: given.command.map((arg) => withoutNul(arg, `${field}.command`)),
    args: given.args.map((arg) => withoutNul(arg, `${field}.args`)),
    workingDir: given.workingDir === ""
      ? ""
      : absolutePath(given.workingDir, `${field}.working_dir`),
    envs: given.envs.map((env) => toEnv(env, `${field}.envs`)),
    mounts: given.mounts.map((mount) => toMount(mount, `${field}.mounts`)),
    devices: given.devices.map((device) => toDevice(device, `${field}.devices`)),
    labels: toStringMap(given.labels),
    annotations: toStringMap(given.annotations),
    logPath: relativePath(given.logPath, `${field}.log_path`),
    stdin: given.stdin,
    stdinOnce: given.stdinOnce,
    tty: given.tty,
    resources: resources === undefined
      ? noResources
      : toResources(resources, `${field}.linux.resources`),
    security: toContainerSecurity(
      given.linux?.securityContext,
      traits,
      `${field}.linux.security_context`,
    ),
    cdiDevices: given.CDIDevices.map(({ name }) => nonEmpty(name, `${field}.CDI_devices.name`)),
    stopSignal: signalName(given.stopSignal, `${field}.stop_signal`),
  };
}

/** The value never shows in a refusal: it may be a secret. */
function toEnv({ key, value }: KeyValue, field: string): EnvVar {
  nonEmpty(key, `${field}.key`);
  if (key.includes("=")) throw invalidArgument(`Field "${field}.key" holds "=": "${key}"`);
  if (value.includes(0)) {
    throw invalidArgument(`Field "${field}.value" of "${key}" holds a NUL character`);
  }
  return { key, value };
}
