/**
 * What request bodies depend on besides the request itself.
 */

import type { ApiVersion } from "../client/api_version.ts";
import type { DockerInfo } from "../client/system.ts";

/** The daemon that a body is for, and what configuration adds. */
export interface DaemonFacts {
  readonly apiVersion: ApiVersion;
  readonly info: DockerInfo;
  /** Marks what this installation made. */
  readonly instanceId: string;
  /** How much output Docker keeps per container. */
  readonly replayMaxSizeBytes: number;
  /** Told of every field that Docker cannot express and that may be left out. */
  readonly onIgnored?: (ignored: IgnoredField) => void;
}

/** A field that was left out of a body, and why that is right. */
export interface IgnoredField {
  /** In the CRI's words: "linux.resources.unified". */
  readonly field: string;
  readonly reason: string;
}

/** Tells `facts` of an ignored field. */
export function ignore(facts: DaemonFacts, field: string, reason: string): void {
  facts.onIgnored?.({ field, reason });
}

/** True when the daemon has a security option such as "apparmor", "selinux" or "userns". */
export function hasSecurityOption(facts: DaemonFacts, name: string): boolean {
  return facts.info.securityOptions.includes(name);
}
