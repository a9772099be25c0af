/**
 * What a hyperd can, by its version: asked once for each connection.
 */

import { failedPrecondition } from "../../../lib/errors.ts";

/** What later versions have and 0.8.0 has not. */
export interface HyperdCapabilities {
  /** ContainerStop takes a timeout, and kills after it (0.8.1). */
  readonly stopTimeout: boolean;
  /** A pod's search domains and resolver options (0.8.1). */
  readonly dnsFields: boolean;
  /** An exec runs as the container's user (0.8.1); before that as root. */
  readonly execUser: boolean;
  /** A root file system that cannot be written (1.0). */
  readonly readonlyRootfs: boolean;
  /** Numbers of users and groups that no file of the image names (1.0). */
  readonly unnamedUsers: boolean;
  /** A card's gateway stands where its tap's name stood, and the MTU where the gateway was (1.1). */
  readonly gatewayMoved: boolean;
}

/** Frakti v0.1 was made for it, and nothing older was ever tried. */
const oldest = [0, 8, 0] as const;

/**
 * The capabilities of a version such as "0.8.0" or "1.0.0-rc1".
 * @throws FraktiError FailedPrecondition for one that is too old or cannot be read.
 */
export function capabilitiesOf(version: string): HyperdCapabilities {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version.trim());
  if (match === null) throw failedPrecondition(`hyperd's version "${version}" is not understood`);
  const numbers = [match[1], match[2], match[3]].map((part) => Number(part ?? 0));
  const isAtLeast = (wanted: readonly number[]) => compare(numbers, wanted) >= 0;
  if (!isAtLeast(oldest)) {
    throw failedPrecondition(`hyperd ${version} is older than ${oldest.join(".")}`);
  }
  const has081 = isAtLeast([0, 8, 1]);
  const has10 = isAtLeast([1, 0, 0]);
  return {
    stopTimeout: has081,
    dnsFields: has081,
    execUser: has081,
    readonlyRootfs: has10,
    unnamedUsers: has10,
    gatewayMoved: isAtLeast([1, 1, 0]),
  };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
