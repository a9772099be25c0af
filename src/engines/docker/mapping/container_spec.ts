/**
 * A container of a pod as Docker creates it. Which field of the CRI goes where, is refused or is
 * left out stands in docs/decisions/0052-docker-field-mapping.md and, field by field, in
 * tests/fields/fields.ts.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { ContainerConfig, SandboxConfig } from "../../domain.ts";
import type { ContainerCreateBody } from "../client/bodies.ts";
import { capabilityFields } from "./capabilities.ts";
import { cgroupParentField } from "./cgroup_parent.ts";
import { cdiFields, deviceFields } from "./devices.ts";
import { envField } from "./env.ts";
import type { DaemonFacts } from "./facts.ts";
import { type HostFiles, systemHostFiles } from "./host_files.ts";
import { containerLabels } from "./labels.ts";
import { logConfig, noLog } from "./log_config.ts";
import { mountFields } from "./mounts.ts";
import { containerNamespaces } from "./namespaces.ts";
import { resourceFields } from "./resources.ts";
import { pathFields, securityOptions } from "./security.ts";
import { stopSignalField } from "./stop_signal.ts";
import { groupsField, userField } from "./user.ts";

export interface ContainerSpecFacts extends DaemonFacts {
  /** The sandbox's pause container. */
  readonly sandboxId: string;
  readonly sandboxConfig: SandboxConfig;
  /** The image's id in this engine. */
  readonly imageId: string;
  /** The container whose PID namespace is joined, for PID mode "target". */
  readonly targetContainer?: string | undefined;
  /** @default the host's */
  readonly files?: HostFiles;
}

/**
 * The create body of a container.
 * @throws FraktiError InvalidArgument for what nobody could honour, Unimplemented for what Docker
 *   cannot, FailedPrecondition for what is missing on the host.
 */
export async function containerSpec(
  config: ContainerConfig,
  facts: ContainerSpecFacts,
): Promise<ContainerCreateBody> {
  const { security } = config;
  const { sandboxConfig } = facts;
  const files = facts.files ?? systemHostFiles;
  const namespaces = security.namespaces ?? sandboxConfig.security.namespaces;
  const user = userField(security);
  const groups = groupsField(security);
  const stopSignal = stopSignalField(config.stopSignal);
  const wantsLog = config.logPath !== "" && sandboxConfig.logDirectory !== "";
  return {
    Image: facts.imageId,
    Labels: containerLabels(facts.instanceId, facts.sandboxId, config.labels, config.annotations),
    ...commandFields(config),
    ...(user === undefined ? {} : { User: user }),
    Env: envField(config.envs),
    ...workingDirField(config.workingDir),
    OpenStdin: config.stdin,
    StdinOnce: config.stdinOnce,
    Tty: config.tty,
    ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
    // The kubelet probes; an image's own check would only cost.
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      ...containerNamespaces(facts.sandboxId, namespaces, facts.targetContainer, facts),
      ...cgroupParentField(sandboxConfig.cgroupParent, facts),
      ...resourceFields(config.resources, facts),
      ...capabilityFields(security.capabilities),
      ...(groups.length === 0 ? {} : { GroupAdd: groups }),
      ...(security.privileged ? { Privileged: true } : {}),
      ...(security.readonlyRootfs ? { ReadonlyRootfs: true } : {}),
      ...pathFields(security, facts),
      SecurityOpt: await securityOptions(
        {
          privileged: security.privileged,
          noNewPrivs: security.noNewPrivs,
          seccomp: security.seccomp,
          apparmor: security.apparmor,
          selinux: security.selinux ?? sandboxConfig.security.selinux,
        },
        facts,
        files,
      ),
      ...await mountFields(config.mounts, facts, files),
      ...await deviceFields(config.devices, files),
      ...cdiFields(config.cdiDevices, facts),
      ...(wantsLog ? logConfig(facts) : noLog),
      RestartPolicy: { Name: "no" },
    },
  };
}

/**
 * `command` replaces the image's entrypoint and, with it, the image's arguments, which would be
 * arguments of another program; `args` alone are arguments of the image's entrypoint.
 */
function commandFields(
  config: ContainerConfig,
): Pick<ContainerCreateBody, "Entrypoint" | "Cmd"> {
  for (const word of [...config.command, ...config.args]) {
    if (word.includes("\0")) throw invalidArgument("A word of the command holds a zero byte");
  }
  if (config.command.length > 0) return { Entrypoint: config.command, Cmd: config.args };
  return config.args.length > 0 ? { Cmd: config.args } : {};
}

function workingDirField(directory: string): { readonly WorkingDir?: string } {
  if (directory === "") return {};
  if (!directory.startsWith("/") || directory.includes("\0")) {
    throw invalidArgument(`Working directory "${directory}" is not an absolute path`);
  }
  return { WorkingDir: directory };
}
