/**
 * The seccomp filter of a container: which profile, and what of it counts for this container's
 * capabilities, the guest's architecture and its kernel.
 */

import { failedPrecondition, invalidArgument } from "../../../lib/errors.ts";
import type { SecurityProfile } from "../../domain.ts";
import {
  maxProfileBytes,
  parseSeccompProfile,
  type SeccompConditions,
  type SeccompProfile,
} from "./seccomp_profile.ts";
import type { OciSeccomp, OciSyscall } from "./spec.ts";

/** A profile's text and what it is called in errors. */
export interface SeccompText {
  readonly name: string;
  readonly text: string;
}

export interface SeccompFiles {
  /** The runtime's default profile on this node. */
  readonly defaultProfile: string;
  /** A file's text, up to `maxBytes`; undefined when there is none. */
  readText(path: string, maxBytes: number): Promise<string | undefined>;
}

/** Where Debian's golang-github-containers-common puts it. */
export const defaultSeccompPath = "/usr/share/containers/seccomp.json";

/**
 * Reads the profile that a container asks for; undefined when it asks for none, which is
 * unconfined.
 * @throws FraktiError InvalidArgument for a profile of the pod that is not there,
 *   FailedPrecondition when the node lacks the default one.
 */
export async function readSeccomp(
  profile: SecurityProfile | undefined,
  files: SeccompFiles,
): Promise<SeccompText | undefined> {
  switch (profile?.type) {
    case undefined:
    case "unconfined":
      return undefined;
    case "runtimeDefault": {
      const name = files.defaultProfile;
      const text = await files.readText(name, maxProfileBytes);
      if (text !== undefined) return { name, text };
      throw failedPrecondition(
        `Seccomp profile "${name}" is missing: install golang-github-containers-common`,
      );
    }
    case "localhost": {
      const name = profile.localhostRef;
      if (!name.startsWith("/") || name.split("/").includes("..") || name.includes("\0")) {
        throw invalidArgument(`Seccomp profile "${name}" is not an absolute path`);
      }
      const text = await files.readText(name, maxProfileBytes);
      if (text !== undefined) return { name, text };
      throw invalidArgument(`Seccomp profile "${name}" does not exist`);
    }
  }
}

export interface SeccompFacts {
  /** The container's bounding set. */
  readonly capabilities: readonly string[];
  /** Release of the guest's kernel: "6.1.0-28-amd64". */
  readonly kernelRelease: string;
}

/** Only x86-64 guests exist. */
const nativeArch = "SCMP_ARCH_X86_64";
const goArch = "amd64";

/** The filter as crun takes it. @throws FraktiError InvalidArgument when the text is no profile. */
export function seccompFilter(source: SeccompText, facts: SeccompFacts): OciSeccomp {
  const profile = parseSeccompProfile(source.text, source.name);
  return {
    defaultAction: profile.defaultAction,
    ...(profile.defaultErrnoRet === undefined ? {} : { defaultErrnoRet: profile.defaultErrnoRet }),
    architectures: architecturesOf(profile),
    ...(profile.flags.length === 0 ? {} : { flags: profile.flags }),
    syscalls: profile.syscalls
      .filter((entry) => entry.names.length > 0 && counts(entry.includes, entry.excludes, facts))
      .map(({ names, action, errnoRet, args }): OciSyscall => ({
        names,
        action,
        ...(errnoRet === undefined ? {} : { errnoRet }),
        ...(args.length === 0 ? {} : { args }),
      })),
  };
}

function architecturesOf({ archMap, architectures }: SeccompProfile): readonly string[] {
  if (archMap === undefined) return architectures;
  return [nativeArch, ...archMap.get(nativeArch) ?? []];
}

function counts(
  includes: SeccompConditions,
  excludes: SeccompConditions,
  facts: SeccompFacts,
): boolean {
  const has = (name: string) => facts.capabilities.includes(name);
  const isIncluded = (includes.arches.length === 0 || includes.arches.includes(goArch)) &&
    includes.caps.every(has) &&
    (includes.minKernel === "" || isAtLeast(facts.kernelRelease, includes.minKernel));
  const isExcluded = excludes.arches.includes(goArch) || excludes.caps.some(has) ||
    (excludes.minKernel !== "" && isAtLeast(facts.kernelRelease, excludes.minKernel));
  return isIncluded && !isExcluded;
}

function isAtLeast(release: string, wanted: string): boolean {
  const [major = 0, minor = 0] = numbersOf(release);
  const [wantedMajor = 0, wantedMinor = 0] = numbersOf(wanted);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function numbersOf(version: string): readonly number[] {
  return /^(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
}
