/**
 * The hybrid rule (DESIGN §2): which engine runs a pod, and why. Pure; what was chosen is final
 * for the pod's life and recorded with it.
 */

import type { EngineName, SandboxConfig } from "../engines/domain.ts";
import { failedPrecondition, invalidArgument } from "../lib/errors.ts";

/** The annotation by which Frakti v0.1 already let a pod ask for Docker; exactly "true" counts. */
export const osContainerAnnotation = "runtime.frakti.alpha.kubernetes.io/OSContainer";

/** The hypervisor that ordinary pods run in; "none" = they run in Docker. */
export type HypervisorChoice = "qemu" | "hyperd" | "none";

export interface RoutingSettings {
  readonly hypervisor: HypervisorChoice;
  readonly dockerEnabled: boolean;
  readonly allowAnnotation: boolean;
  /** Engines wired into this process. */
  readonly engines: ReadonlySet<EngineName>;
}

export interface Route {
  readonly engine: EngineName;
  /** For the log and the verbose status. */
  readonly reason: string;
}

/** Handler names a pod may give, in the order that Status lists them. */
export const handlerNames = ["", "hypervisor", "qemu", "hyperd", "docker"] as const;
export type HandlerName = typeof handlerNames[number];

/**
 * Chooses the engine of a pod.
 * @throws FraktiError InvalidArgument for an unknown handler; FailedPrecondition when the pod
 *   needs what the named handler or this node cannot give. A pod is never downgraded silently.
 */
export function routeSandbox(
  config: SandboxConfig,
  handler: string,
  settings: RoutingSettings,
): Route {
  if (!isHandler(handler)) {
    throw invalidArgument(
      `Runtime handler "${handler}" is unknown; this node has ${
        handlerNames.filter((name) => name !== "").map((name) => `"${name}"`).join(", ")
      }`,
    );
  }
  const need = hostNeed(config, settings.allowAnnotation);
  if (handler === "docker") return docker('runtime handler "docker" named', settings);
  if (handler !== "") {
    if (need !== undefined) {
      throw failedPrecondition(
        `Pod ${quoteName(config)} cannot run under handler "${handler}": ${need}, ` +
          "and a virtual machine does not share the host",
      );
    }
    const engine = handler === "hypervisor" ? settings.hypervisor : handler;
    if (engine === "none") {
      throw failedPrecondition(
        `Handler "hypervisor" is not served: hypervisor.engine is "none" on this node`,
      );
    }
    if (!settings.engines.has(engine)) {
      throw failedPrecondition(`Handler "${handler}" is not served: no ${engine} engine here`);
    }
    return { engine, reason: `runtime handler "${handler}" named` };
  }
  if (need !== undefined) return docker(need, settings);
  if (settings.hypervisor === "none") {
    return docker('ordinary pod, and hypervisor.engine is "none"', settings);
  }
  if (!settings.engines.has(settings.hypervisor)) {
    throw failedPrecondition(`No ${settings.hypervisor} engine on this node`);
  }
  return { engine: settings.hypervisor, reason: "ordinary pod" };
}

/** Why the pod must share the host, or undefined when it need not. */
function hostNeed(config: SandboxConfig, allowAnnotation: boolean): string | undefined {
  const { security } = config;
  if (security.privileged) return "the pod is privileged";
  if (security.namespaces.network === "node") return "the pod uses the host network";
  if (security.namespaces.pid === "node") return "the pod uses the host PID namespace";
  if (security.namespaces.ipc === "node") return "the pod uses the host IPC namespace";
  if (allowAnnotation && config.annotations[osContainerAnnotation] === "true") {
    return `annotation "${osContainerAnnotation}" asks for Docker`;
  }
  return undefined;
}

function docker(reason: string, settings: RoutingSettings): Route {
  if (!settings.dockerEnabled || !settings.engines.has("docker")) {
    throw failedPrecondition(`Pod belongs in Docker (${reason}), and docker.enabled is false here`);
  }
  return { engine: "docker", reason };
}

/** True for a name that {@linkcode routeSandbox} knows. */
export function isHandler(name: string): name is HandlerName {
  return handlerNames.some((known) => known === name);
}

function quoteName(config: SandboxConfig): string {
  return `"${config.metadata.namespace}/${config.metadata.name}"`;
}
