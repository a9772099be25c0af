/** From the CRI's container to hyperd's. Environment values go to hyperd and nowhere else. */

import { invalidArgument } from "../../../lib/errors.ts";
import type { ContainerConfig, SandboxConfig } from "../../domain.ts";
import { wire } from "../client/mod.ts";
import { labelsFor } from "../names.ts";
import { type Volume, volumeReference } from "./volumes.ts";

export interface ContainerSpecInput {
  readonly config: ContainerConfig;
  readonly sandbox: SandboxConfig;
  readonly name: string;
  readonly imageId: string;
  readonly volumes: readonly Volume[];
  /** "" = no output is kept. */
  readonly outputPath: string;
  readonly instanceId: string;
}

/**
 * The specification for ContainerCreate.
 * @throws FraktiError InvalidArgument for environment values that are not UTF-8.
 */
export function containerSpec(input: ContainerSpecInput): wire.UserContainer {
  const { config, sandbox, volumes } = input;
  return wire.UserContainer.fromPartial({
    name: input.name,
    image: input.imageId, // A digest would not be found, and a tag may have moved.
    workdir: config.workingDir,
    tty: config.tty,
    // They belong to the pod; hyperd has the field at its containers.
    sysctl: new Map(Object.entries(sandbox.sysctls)),
    envs: config.envs.map(({ key, value }) => ({ env: key, value: text(key, value) })),
    entrypoint: [...config.command],
    command: [...config.args],
    volumes: volumes.map(volumeReference),
    user: userOf(config),
    labels: labelsFor(config, input.instanceId),
    StopSignal: config.stopSignal,
    logPath: input.outputPath,
    readOnly: config.security.readonlyRootfs,
  });
}

/** Nothing, and the image's user is taken. Numbers need not be in the image's /etc/passwd. */
function userOf({ security }: ContainerConfig): wire.UserUser | undefined {
  const { runAsUser, runAsUsername, runAsGroup, supplementalGroups } = security;
  const name = runAsUser === undefined ? runAsUsername : String(runAsUser);
  if (name === "" && supplementalGroups.length === 0) return undefined;
  return {
    name,
    group: runAsGroup === undefined ? "" : String(runAsGroup),
    additionalGroups: supplementalGroups.map(String),
  };
}

function text(key: string, value: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    throw invalidArgument(`The value of environment variable "${key}" is not UTF-8`);
  }
}
