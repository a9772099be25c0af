/**
 * The CNI specification versions frakti speaks, and what each of them brought. Every decision that
 * depends on a version is made by a function of this file.
 */

import { invalidArgument } from "../lib/errors.ts";

/** Oldest first; the order is the comparison. */
export const cniVersions = [
  "0.1.0",
  "0.2.0",
  "0.3.0",
  "0.3.1",
  "0.4.0",
  "1.0.0",
  "1.1.0",
] as const;

/** A specification version frakti speaks. */
export type CniVersion = typeof cniVersions[number];

/** What a configuration without `cniVersion` means (specification 0.1.0 had no such field). */
export const implicitVersion: CniVersion = "0.1.0";

/** True when `text` is a version frakti speaks. */
export function isCniVersion(text: unknown): text is CniVersion {
  return cniVersions.some((version) => version === text);
}

/** True when `version` is `minimum` or newer. */
export function isAtLeast(version: CniVersion, minimum: CniVersion): boolean {
  return cniVersions.indexOf(version) >= cniVersions.indexOf(minimum);
}

/** CHECK exists, and DEL receives the result of ADD, since 0.4.0. */
export function hasCheck(version: CniVersion): boolean {
  return isAtLeast(version, "0.4.0");
}

/** STATUS and GC exist since 1.1.0. */
export function hasStatusAndGc(version: CniVersion): boolean {
  return isAtLeast(version, "1.1.0");
}

/**
 * How a result is written: up to 0.2.0 one `ip4` and one `ip6`; from 0.3.0 a list of addresses that
 * name their family; from 1.0.0 the same list without the family.
 */
export function resultForm(version: CniVersion): "ip4ip6" | "families" | "plain" {
  if (isAtLeast(version, "1.0.0")) return "plain";
  return isAtLeast(version, "0.3.0") ? "families" : "ip4ip6";
}

/**
 * The versions a configuration offers and frakti speaks, newest first: `cniVersion`, and since
 * 1.1.0 those of `cniVersions`. Unknown ones are left out.
 * @throws FraktiError InvalidArgument when none is left.
 */
export function offeredVersions(cniVersion: unknown, cniVersionList: unknown): CniVersion[] {
  const stated = [cniVersion, ...(Array.isArray(cniVersionList) ? cniVersionList : [])]
    .filter((version) => version !== undefined && version !== "");
  if (stated.length === 0) return [implicitVersion];
  const known = cniVersions.filter((version) => stated.includes(version)).reverse();
  if (known.length === 0) {
    throw invalidArgument(
      `CNI version ${JSON.stringify(stated[0])} is not one of ${cniVersions.join(", ")}`,
    );
  }
  return known;
}
