/**
 * What this room takes and gives: the request to attach a pod, and the record of an attachment,
 * which alone is enough to take it back. Callers keep the record durably; nothing here does I/O.
 */

import { FraktiError } from "../lib/errors.ts";
import type { JsonObject } from "./json.ts";
import type { NetworkRoute, ResultDns } from "./result.ts";
import type { CniVersion } from "./versions.ts";

/** A host port, as the CRI states it; those with hostPort 0 are ignored. */
export interface PortMapping {
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly hostPort: number;
  readonly containerPort: number;
  /** "" = every address. */
  readonly hostIp: string;
}

/** What to attach. Of what is optional, plugins get what they declare a capability for. */
export interface AttachRequest {
  /** The sandbox id: CNI_CONTAINERID and K8S_POD_INFRA_CONTAINER_ID. */
  readonly podId: string;
  /** A network namespace that stays until `detach` is done. */
  readonly netnsPath: string;
  /** "eth0" unless given. */
  readonly ifName?: string;
  readonly pod: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly portMappings: readonly PortMapping[];
  /** The pod's annotations: bandwidth limits, and capability io.kubernetes.cri.pod-annotations. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly dns?: {
    readonly servers: readonly string[];
    readonly searches: readonly string[];
    readonly options: readonly string[];
  };
  /** "present" = `lo` is up or of no interest; "plugin" = bring it up. "present" unless given. */
  readonly loopback?: "plugin" | "present";
  /** Asked-for hardware address, addresses (CIDR) and DNS aliases. */
  readonly mac?: string;
  readonly ips?: readonly string[];
  readonly aliases?: readonly string[];
  /** Capability cgroupPath: the pod's cgroup. */
  readonly cgroupPath?: string;
}

/** An address of the pod. */
export interface PodAddress {
  /** Without prefix length, e.g. "10.0.0.5" or "fd00::5". */
  readonly address: string;
  readonly prefix: number;
  readonly family: 4 | 6;
  readonly gateway?: string;
  /** The interface inside the pod, where the plugin said. */
  readonly interface?: string;
}

/** What the network gave the pod. */
export interface PodAddressing {
  /** In the plugin's order; the first is the pod's primary address. */
  readonly ips: readonly PodAddress[];
  readonly routes: readonly NetworkRoute[];
  readonly dns: ResultDns;
  /** Of the pod's interface, lower case, where the plugin said. */
  readonly mac?: string;
  /** Of the pod's interface; plugins say it since 1.1.0. */
  readonly mtu?: number;
  /** The host's end, where the plugin said. */
  readonly hostInterface?: string;
}

/**
 * An attachment, plain JSON. A planned one (before ADD has answered) has no `result` and no
 * addresses, and can be detached all the same.
 */
export interface Attachment extends PodAddressing {
  readonly version: 1;
  readonly podId: string;
  readonly netnsPath: string;
  readonly ifName: string;
  /** Name of the network. */
  readonly network: string;
  readonly cniVersion: CniVersion;
  /** The configuration list that was used, complete. */
  readonly config: JsonObject;
  readonly cniArgs: readonly (readonly [string, string])[];
  readonly capabilityArgs: JsonObject;
  /** The list that brings `lo` up; absent when nothing needs to. */
  readonly loopback?: JsonObject;
  /** What the last plugin answered to ADD. */
  readonly result?: JsonObject;
}

/** ADD failed. */
export class AttachError extends FraktiError {
  /**
   * False: everything was taken back. True: a plugin that had succeeded, or was killed, could not
   * be undone, so keep the planned attachment and detach it later.
   */
  readonly incomplete: boolean;

  constructor(
    code: FraktiError["code"],
    message: string,
    options: { cause: unknown; incomplete: boolean },
  ) {
    super(code, message, { cause: options.cause });
    this.name = "AttachError";
    this.incomplete = options.incomplete;
  }
}
