/**
 * The pause container of a sandbox: holds the namespaces that the pod's containers share, costs
 * next to nothing, and is the last that the kernel would kill.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { SandboxConfig } from "../../domain.ts";
import type { ContainerCreateBody } from "../client/bodies.ts";
import { cgroupParentField } from "./cgroup_parent.ts";
import type { DaemonFacts } from "./facts.ts";
import { type HostFiles, systemHostFiles } from "./host_files.ts";
import { sandboxLabels } from "./labels.ts";
import { noLog } from "./log_config.ts";
import { withLoopback } from "./loopback.ts";
import { sandboxNamespaces } from "./namespaces.ts";
import { securityOptions } from "./security.ts";
import { sysctlsField } from "./sysctls.ts";
import { groupsField, userField } from "./user.ts";

/** The smallest weight there is: pause never runs. */
const pauseCpuShares = 2;
/** Below every container's, above the node's own daemons at -999. */
const pauseOomScoreAdj = -998;

export interface SandboxSpecFacts extends DaemonFacts {
  /** Id or reference of the pause image. */
  readonly pauseImage: string;
  /** @default the host's */
  readonly files?: HostFiles;
}

/**
 * The create body of a sandbox's pause container. It is never privileged, whatever its pod is:
 * containers bring their own privileges, and pause needs none.
 * @throws FraktiError InvalidArgument, Unimplemented, FailedPrecondition.
 */
export async function sandboxSpec(
  config: SandboxConfig,
  facts: SandboxSpecFacts,
): Promise<ContainerCreateBody> {
  const { security } = config;
  const user = userField(security);
  const groups = groupsField(security);
  const files = facts.files ?? systemHostFiles;
  const sysctls = await withLoopback(
    sysctlsField(config.sysctls, security.namespaces),
    security.namespaces,
    files,
  );
  return {
    Image: facts.pauseImage,
    Labels: sandboxLabels(facts.instanceId, config.labels, config.annotations),
    ...hostnameField(config),
    ...(user === undefined ? {} : { User: user }),
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      ...sandboxNamespaces(security.namespaces, facts),
      ...cgroupParentField(config.cgroupParent, facts),
      ...noLog,
      CpuShares: pauseCpuShares,
      OomScoreAdj: pauseOomScoreAdj,
      ...(security.readonlyRootfs ? { ReadonlyRootfs: true } : {}),
      ...(groups.length === 0 ? {} : { GroupAdd: groups }),
      ...(Object.keys(sysctls).length === 0 ? {} : { Sysctls: sysctls }),
      SecurityOpt: await securityOptions(
        {
          privileged: false,
          noNewPrivs: true,
          // Pause is ours: it gets a filter also when the client names none for the pod.
          seccomp: security.seccomp ?? { type: "runtimeDefault" },
          apparmor: security.apparmor,
          selinux: security.selinux,
        },
        facts,
        files,
      ),
      RestartPolicy: { Name: "no" },
    },
  };
}

const maxHostnameChars = 64; // The kernel's own limit.
const hostname = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** With host network the name is the host's, and Docker refuses another. */
function hostnameField(config: SandboxConfig): { readonly Hostname?: string } {
  if (config.hostname === "" || config.security.namespaces.network === "node") return {};
  if (config.hostname.length > maxHostnameChars || !hostname.test(config.hostname)) {
    throw invalidArgument(`Hostname "${config.hostname}" is malformed`);
  }
  return { Hostname: config.hostname };
}
