/**
 * Engine API versions: parsing, comparing, and choosing the one to speak. Versions are pairs of
 * numbers, never strings to compare ("1.9" is older than "1.24").
 */

import { FraktiError, invalidArgument } from "../../../lib/errors.ts";

/** An Engine API version such as 1.41. */
export interface ApiVersion {
  readonly major: number;
  readonly minor: number;
}

/** Docker 1.12: the oldest engine frakti works with. */
export const oldestApiVersion: ApiVersion = { major: 1, minor: 24 };

/** Docker 29.0: the newest version whose request and response forms were checked. */
export const newestApiVersion: ApiVersion = { major: 1, minor: 52 };

const versionPattern = /^v?(\d{1,3})\.(\d{1,4})$/;

/** Parses "1.41" or "v1.41"; undefined when the text is something else. */
export function parseApiVersion(text: string): ApiVersion | undefined {
  const match = versionPattern.exec(text.trim());
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]) };
}

/** "1.41". */
export function formatApiVersion(version: ApiVersion): string {
  return `${version.major}.${version.minor}`;
}

/** Negative when `a` is older than `b`, zero when equal, positive when newer. */
export function compareApiVersions(a: ApiVersion, b: ApiVersion): number {
  return a.major - b.major || a.minor - b.minor;
}

/** True when `version` is 1.`minor` or newer. */
export function hasApi(version: ApiVersion, minor: number): boolean {
  return compareApiVersions(version, { major: 1, minor }) >= 0;
}

/** What an engine says of itself. */
export interface ServerVersions {
  /** The newest version it speaks. */
  readonly newest: ApiVersion;
  /** The oldest it accepts; engines before 1.25 do not say. */
  readonly oldest?: ApiVersion;
}

/**
 * The version to speak: the older of the two newest ones, or the pinned one.
 * @throws FraktiError FailedPrecondition when there is no version that both sides speak.
 */
export function negotiateApiVersion(server: ServerVersions, pinned?: ApiVersion): ApiVersion {
  const wanted = pinned ?? newestApiVersion;
  const chosen = compareApiVersions(server.newest, wanted) < 0 ? server.newest : wanted;
  if (compareApiVersions(chosen, oldestApiVersion) < 0) {
    throw tooOld(`Docker speaks API ${formatApiVersion(server.newest)}`);
  }
  if (pinned !== undefined && compareApiVersions(chosen, pinned) < 0) {
    throw new FraktiError(
      "FailedPrecondition",
      `Docker speaks API ${formatApiVersion(server.newest)}, older than the pinned version ` +
        `${formatApiVersion(pinned)}`,
    );
  }
  if (server.oldest !== undefined && compareApiVersions(server.oldest, chosen) > 0) {
    throw new FraktiError(
      "FailedPrecondition",
      `Docker speaks no API older than ${formatApiVersion(server.oldest)}, and frakti ` +
        `${pinned === undefined ? "knows" : "is pinned to"} none newer than ` +
        formatApiVersion(wanted),
    );
  }
  return chosen;
}

/**
 * Reads the version that configuration pins.
 * @throws FraktiError InvalidArgument when it is malformed or older than frakti knows.
 */
export function pinnedApiVersion(text: string): ApiVersion {
  const version = parseApiVersion(text);
  if (version === undefined) throw invalidArgument(`Docker API version "${text}" is malformed`);
  if (compareApiVersions(version, oldestApiVersion) < 0) {
    throw tooOld(`The pinned Docker API version is ${text}`);
  }
  return version;
}

function tooOld(what: string): FraktiError {
  return new FraktiError(
    "FailedPrecondition",
    `${what}, frakti needs ${formatApiVersion(oldestApiVersion)} (Docker 1.12) or newer`,
  );
}
