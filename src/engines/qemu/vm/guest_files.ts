/**
 * What a pod's VM boots, and what scripts/build-guest.sh has measured of it: `guest.json` beside
 * the kernel. Read at every start: an upgrade replaces the files while frakti runs.
 */

import { failedPrecondition } from "../../../lib/errors.ts";
import { readTextIfExists, statIfExists } from "../../../lib/files.ts";

/** The guest's files and figures. */
export interface GuestFiles {
  readonly kernel: string;
  readonly initrd: string;
  /** What the kernel is told. */
  readonly commandLine: string;
  /** Memory that is gone before a container has any, MiB. */
  readonly overheadMiB: number;
  /** With less the guest does not boot, MiB. */
  readonly minimumMiB: number;
}

/** The version of the agent's protocol that this frakti speaks (guest/PROTOCOL.md). */
const protocolVersion = 1;

const maxJsonBytes = 64 * 1024;
const maxCommandLineLength = 1024;

/**
 * Reads them.
 * @throws FraktiError FailedPrecondition when one is missing, or of another version.
 */
export async function readGuestFiles(kernel: string, initrd: string): Promise<GuestFiles> {
  for (const [what, path] of [["kernel", kernel], ["initrd", initrd]] as const) {
    if ((await statIfExists(path))?.isFile !== true) {
      throw failedPrecondition(`Guest ${what} "${path}" is missing`);
    }
  }
  const path = `${kernel.slice(0, kernel.lastIndexOf("/"))}/guest.json`;
  const text = await readTextIfExists(path, maxJsonBytes);
  if (text === undefined) {
    throw failedPrecondition(`"${path}" is missing beside the guest's kernel`);
  }
  return { kernel, initrd, ...parseFacts(text, path) };
}

/** Exported for its tests. */
export function parseFacts(text: string, path: string): Omit<GuestFiles, "kernel" | "initrd"> {
  let facts: Readonly<Record<string, unknown>>;
  try {
    facts = Object(JSON.parse(text));
  } catch (error) {
    throw failedPrecondition(`"${path}" is no JSON`, error);
  }
  if (facts["version"] !== 1 || facts["protocol"] !== protocolVersion) {
    throw failedPrecondition(`"${path}" is of a guest that this frakti cannot speak with`);
  }
  const mib = (name: string): number => {
    const value = facts[name];
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 4096) {
      throw failedPrecondition(`"${path}" has no usable "${name}"`);
    }
    return value;
  };
  const commandLine = facts["commandLine"];
  const isText = typeof commandLine === "string" && commandLine.length <= maxCommandLineLength &&
    /^[\x20-\x7e]*$/.test(commandLine);
  if (!isText) throw failedPrecondition(`"${path}" has no usable "commandLine"`);
  return { commandLine, overheadMiB: mib("overheadMb"), minimumMiB: mib("minimumMb") };
}
