/**
 * Docker's `SecurityOpt`: seccomp, AppArmor, SELinux labels and no-new-privileges.
 */

import { failedPrecondition, invalidArgument, unimplemented } from "../../../lib/errors.ts";
import type { SecurityProfile, SelinuxOptions } from "../../domain.ts";
import { hasApi } from "../client/api_version.ts";
import { type DaemonFacts, hasSecurityOption } from "./facts.ts";
import type { HostFiles } from "./host_files.ts";

export interface SecurityRequest {
  readonly privileged: boolean;
  readonly noNewPrivs: boolean;
  readonly seccomp: SecurityProfile | undefined;
  readonly apparmor: SecurityProfile | undefined;
  readonly selinux: SelinuxOptions | undefined;
}

/** Every option, in the "key=value" form that engines have taken since 1.11. */
export async function securityOptions(
  request: SecurityRequest,
  facts: DaemonFacts,
  files: HostFiles,
): Promise<readonly string[]> {
  return [
    ...(request.noNewPrivs ? ["no-new-privileges"] : []),
    ...await seccompOption(request, files),
    ...await apparmorOption(request.apparmor, facts, files),
    ...selinuxOptions(request.selinux),
  ];
}

const maxProfileBytes = 1024 * 1024; // Docker's own default profile is about 13 kB.

/** No profile means unconfined, the runtime's default is Docker's, and privileged has none. */
async function seccompOption(
  request: SecurityRequest,
  files: HostFiles,
): Promise<readonly string[]> {
  const profile = request.seccomp;
  if (request.privileged || profile === undefined) return ["seccomp=unconfined"];
  switch (profile.type) {
    case "unconfined":
      return ["seccomp=unconfined"];
    case "runtimeDefault":
      return [];
    case "localhost":
      return [`seccomp=${await readProfile(profile.localhostRef, files)}`];
  }
}

/** A profile as one line of JSON: the API takes its content, not its path. */
async function readProfile(path: string, files: HostFiles): Promise<string> {
  if (!path.startsWith("/") || path.split("/").includes("..")) {
    throw invalidArgument(`Seccomp profile "${path}" is not an absolute path`);
  }
  const text = await files.readText(path, maxProfileBytes);
  if (text === undefined) throw invalidArgument(`Seccomp profile "${path}" does not exist`);
  try {
    const profile: unknown = JSON.parse(text);
    if (typeof profile === "object" && profile !== null && !Array.isArray(profile)) {
      return JSON.stringify(profile);
    }
  } catch (error) {
    throw invalidArgument(`Seccomp profile "${path}" is not JSON`, error);
  }
  throw invalidArgument(`Seccomp profile "${path}" is not a JSON object`);
}

const apparmorName = /^[^\s\p{Cc},=]{1,256}$/u;
const localhostPrefix = "localhost/";

async function apparmorOption(
  profile: SecurityProfile | undefined,
  facts: DaemonFacts,
  files: HostFiles,
): Promise<readonly string[]> {
  if (profile === undefined || profile.type === "runtimeDefault") return [];
  const isOn = hasSecurityOption(facts, "apparmor");
  if (profile.type === "unconfined") return isOn ? ["apparmor=unconfined"] : [];
  const { localhostRef } = profile;
  const name = localhostRef.startsWith(localhostPrefix)
    ? localhostRef.slice(localhostPrefix.length)
    : localhostRef;
  if (!apparmorName.test(name)) {
    throw invalidArgument(`AppArmor profile "${localhostRef}" is malformed`);
  }
  if (!isOn) {
    throw unimplemented(`AppArmor profile "${name}" was asked for, and this host has no AppArmor`);
  }
  if (await isUnloaded(name, files)) {
    throw failedPrecondition(`AppArmor profile "${name}" is not loaded on this host`);
  }
  return [`apparmor=${name}`];
}

/** A line for each profile of the kernel: its name, then its mode in parentheses. */
const loadedProfiles = "/sys/kernel/security/apparmor/profiles";
const maxListBytes = 1024 * 1024;

/**
 * True when the kernel certainly does not know the profile: Docker would tell so at the start only, and
 * without its name. Where the list cannot be had, that is left to Docker.
 */
async function isUnloaded(name: string, files: HostFiles): Promise<boolean> {
  const text = await files.readText(loadedProfiles, maxListBytes).catch(() => undefined);
  if (text === undefined) return false;
  return !text.split("\n").some((line) => line.replace(/ \(\w+\)$/, "") === name);
}

const selinuxWord = /^[A-Za-z0-9_.:,-]{1,256}$/;

function selinuxOptions(options: SelinuxOptions | undefined): readonly string[] {
  if (options === undefined) return [];
  const { user, role, type, level } = options;
  return Object.entries({ user, role, type, level }).filter(([, value]) => value !== "").map(
    ([key, value]) => {
      if (!selinuxWord.test(value)) throw invalidArgument(`SELinux ${key} "${value}" is malformed`);
      return `label=${key}:${value}`;
    },
  );
}

/** /proc and /sys paths that a container must not read or write, from API 1.38 on. */
export interface PathFields {
  readonly MaskedPaths?: readonly string[];
  readonly ReadonlyPaths?: readonly string[];
}

const pathsApi = 38;

/**
 * What kubelets ask for when a pod says nothing. Engines that take no lists mask and protect
 * nearly all of these by themselves.
 */
const usualPaths: ReadonlySet<string> = new Set([
  "/proc/asound",
  "/proc/acpi",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
  "/sys/devices/virtual/powercap",
  "/proc/bus",
  "/proc/fs",
  "/proc/irq",
  "/proc/sys",
  "/proc/sysrq-trigger",
]);
const usualPattern = /^\/sys\/devices\/system\/cpu\/cpu\d+\/thermal_throttle$/;

/** An absent list is Docker's default; an empty one is none at all, and must be sent as such. */
export function pathFields(
  request: {
    readonly privileged: boolean;
    readonly maskedPaths?: readonly string[];
    readonly readonlyPaths?: readonly string[];
  },
  facts: DaemonFacts,
): PathFields {
  const { privileged, maskedPaths, readonlyPaths } = request;
  if (privileged) return {};
  for (const path of [...maskedPaths ?? [], ...readonlyPaths ?? []]) checkPath(path);
  if (!hasApi(facts.apiVersion, pathsApi)) {
    leaveToEngine(maskedPaths, "masked_paths", facts);
    leaveToEngine(readonlyPaths, "readonly_paths", facts);
    return {};
  }
  return {
    ...(maskedPaths === undefined ? {} : { MaskedPaths: maskedPaths }),
    ...(readonlyPaths === undefined ? {} : { ReadonlyPaths: readonlyPaths }),
  };
}

function checkPath(path: string): void {
  if (!path.startsWith("/") || path.split("/").includes("..")) {
    throw invalidArgument(`Path "${path}" to mask or protect is not absolute`);
  }
}

/** An engine that takes no lists: fine for the usual ones, a refusal for anything stricter. */
function leaveToEngine(
  paths: readonly string[] | undefined,
  field: string,
  facts: DaemonFacts,
): void {
  if (paths === undefined) return;
  const unusual = paths.find((path) => !usualPaths.has(path) && !usualPattern.test(path));
  if (unusual !== undefined) {
    throw unimplemented(`${field} with "${unusual}" needs Docker API 1.${pathsApi}`);
  }
  facts.onIgnored?.({
    field: `linux.security_context.${field}`,
    reason: `Docker API below 1.${pathsApi} has its own fixed list`,
  });
}
