/**
 * The node's conditions and what each handler offers (DESIGN §2): RuntimeReady follows the engine
 * of ordinary pods, every other engine is an extra condition.
 */

import type { EngineFeatures, EngineName } from "../engines/domain.ts";
import type { Engine } from "../engines/engine.ts";
import type { Condition, NodeStatus } from "./api.ts";
import type { NodeParts } from "./node.ts";
import { type HandlerName, handlerNames, type RoutingSettings } from "./routing.ts";

const nothing: EngineFeatures = {
  recursiveReadOnlyMounts: false,
  userNamespaces: false,
  supplementalGroupsPolicy: false,
};

/** The answer to Status, from memory alone. */
export function describeStatus(
  engines: ReadonlyMap<EngineName, Engine>,
  routing: RoutingSettings,
  parts: NodeParts,
): NodeStatus {
  const ordinary = ordinaryEngine(routing);
  const network = parts.network.status();
  const conditions: Condition[] = [
    condition("RuntimeReady", engines.get(ordinary)),
    {
      type: "NetworkReady",
      status: network.ready,
      reason: network.reason,
      message: network.message,
    },
    ...[...engines.values()].filter((engine) => engine.name !== ordinary)
      .map((engine) => condition(`${capitalise(engine.name)}Ready`, engine)),
  ];
  const handlers = handlerNames.flatMap((name) => {
    const engine = engines.get(engineOfHandler(name, routing));
    return engine === undefined || (name === "hypervisor" && routing.hypervisor === "none")
      ? []
      : [{ name, features: name === "" ? featuresOfAnyPod(engines, routing) : engine.features() }];
  });
  const features = engines.get(ordinary)?.features() ?? nothing;
  return {
    conditions,
    handlers,
    supplementalGroupsPolicy: features.supplementalGroupsPolicy,
    info: {
      config: parts.settings.configForInfo,
      version: parts.settings.version,
      engines: Object.fromEntries(
        [...engines.values()].map((engine) => [engine.name, engine.health()]),
      ),
    },
  };
}

/** The engine of a pod that needs nothing of the host and names no handler. */
export function ordinaryEngine(routing: RoutingSettings): EngineName {
  return routing.hypervisor === "none" ? "docker" : routing.hypervisor;
}

/**
 * What a pod that names no handler can rely on. It runs in Docker when it needs the host, and a
 * kubelet that asks for something "if possible" looks here: it must not ask for what Docker refuses.
 */
function featuresOfAnyPod(
  engines: ReadonlyMap<EngineName, Engine>,
  routing: RoutingSettings,
): EngineFeatures {
  const own = engines.get(ordinaryEngine(routing))?.features() ?? nothing;
  const docker = routing.dockerEnabled ? engines.get("docker")?.features() : undefined;
  if (docker === undefined) return own;
  return {
    recursiveReadOnlyMounts: own.recursiveReadOnlyMounts && docker.recursiveReadOnlyMounts,
    userNamespaces: own.userNamespaces && docker.userNamespaces,
    // Never "if possible": a pod that insists and needs the host is refused with that reason.
    supplementalGroupsPolicy: own.supplementalGroupsPolicy,
  };
}

function engineOfHandler(name: HandlerName, routing: RoutingSettings): EngineName {
  return name === "" || name === "hypervisor" ? ordinaryEngine(routing) : name;
}

function condition(type: string, engine: Engine | undefined): Condition {
  const health = engine?.health();
  if (health === undefined) {
    return {
      type,
      status: false,
      reason: "EngineMissing",
      message: "No such engine is configured",
    };
  }
  return health.ready
    ? { type, status: true, reason: "", message: "" }
    : { type, status: false, reason: health.reason, message: health.message };
}

function capitalise(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
