/**
 * Enums: the place of a word in its list is its number on the wire. Signals are the exception,
 * they have no fixed list in the domain.
 */

import type {
  ContainerState,
  MountPropagation,
  NamespaceMode,
  PortMapping,
  SandboxState,
  SupplementalGroupsPolicy,
} from "../../engines/domain.ts";
import { invalidArgument } from "../../lib/errors.ts";
import { Signal } from "../wire.ts";

export const namespaceModes: readonly NamespaceMode[] = ["pod", "container", "node", "target"];
export const groupsPolicies: readonly SupplementalGroupsPolicy[] = ["merge", "strict"];
export const protocols: readonly PortMapping["protocol"][] = ["tcp", "udp", "sctp"];
export const propagations: readonly MountPropagation[] = [
  "private",
  "hostToContainer",
  "bidirectional",
];
export const sandboxStates: readonly SandboxState[] = ["ready", "notready"];
export const containerStates: readonly ContainerState[] = [
  "created",
  "running",
  "exited",
  "unknown",
];
export const profileTypes = ["runtimeDefault", "unconfined", "localhost"] as const;
export const cgroupDrivers = ["systemd", "cgroupfs"] as const;
export const eventKinds = ["created", "started", "stopped", "deleted"] as const;
export const metricTypes = ["counter", "gauge"] as const;

/**
 * The signal's name as the CRI has it ("SIGTERM", "SIGRTMINPLUS3"), "" for the runtime's default.
 * @throws FraktiError InvalidArgument for a number that is no signal.
 */
export function signalName(signal: Signal, field: string): string {
  if (signal === Signal.RUNTIME_DEFAULT) return "";
  const name: string | undefined = Signal[signal];
  if (name === undefined) throw invalidArgument(`Field "${field}" has unknown value ${signal}`);
  return name;
}

/**
 * The wire's number for a signal name, with or without SIG, "SIGRTMIN+3" as images write it
 * included; the default for names it lacks.
 */
export function signalNumber(name: string): Signal {
  const key = `SIG${name.toUpperCase().replace(/^SIG/, "")}`.replace("+", "PLUS")
    .replace("-", "MINUS");
  return signalsByName.get(key) ?? Signal.RUNTIME_DEFAULT;
}

const signalsByName: ReadonlyMap<string, Signal> = new Map(
  Object.entries(Signal).flatMap(([name, value]) =>
    typeof value === "number" ? [[name, value] as const] : []
  ),
);
