/**
 * Reads a seccomp profile: the format that Docker and the containers projects share, whose entries
 * may depend on capabilities, architecture and kernel, and the plain form of the OCI specification.
 * Every value is checked, as a wrong one would surface in the guest with no name to it.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { OciSeccompArg } from "./spec.ts";

/** When an entry counts. */
export interface SeccompConditions {
  /** Architectures as Go names them: "amd64". */
  readonly arches: readonly string[];
  readonly caps: readonly string[];
  /** "4.8"; "" = any. */
  readonly minKernel: string;
}

export interface SeccompEntry {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet: number | undefined;
  readonly args: readonly OciSeccompArg[];
  readonly includes: SeccompConditions;
  readonly excludes: SeccompConditions;
}

export interface SeccompProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet: number | undefined;
  /** By the main architecture, those that come with it; undefined when the profile lists them. */
  readonly archMap: ReadonlyMap<string, readonly string[]> | undefined;
  readonly architectures: readonly string[];
  readonly flags: readonly string[];
  readonly syscalls: readonly SeccompEntry[];
}

/** Docker's own default profile is about 13 kB. */
export const maxProfileBytes = 1024 * 1024;

const actions: ReadonlySet<string> = new Set([
  "SCMP_ACT_ALLOW",
  "SCMP_ACT_ERRNO",
  "SCMP_ACT_KILL",
  "SCMP_ACT_KILL_PROCESS",
  "SCMP_ACT_KILL_THREAD",
  "SCMP_ACT_LOG",
  "SCMP_ACT_TRACE",
  "SCMP_ACT_TRAP",
]);
const operators: ReadonlySet<string> = new Set([
  "SCMP_CMP_EQ",
  "SCMP_CMP_GE",
  "SCMP_CMP_GT",
  "SCMP_CMP_LE",
  "SCMP_CMP_LT",
  "SCMP_CMP_MASKED_EQ",
  "SCMP_CMP_NE",
]);
const architecture = /^SCMP_ARCH_[A-Z0-9_]{1,32}$/;
const flag = /^SECCOMP_FILTER_FLAG_[A-Z_]{1,32}$/;
const syscall = /^[a-z0-9_]{1,64}$/;
const maxErrno = 4095;
const maxArgument = 5;

type Json = Readonly<Record<string, unknown>>;

/**
 * @param name what the profile is called in errors: its path.
 * @throws FraktiError InvalidArgument when it is no profile, or one that a guest cannot apply.
 */
export function parseSeccompProfile(text: string, name: string): SeccompProfile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalidArgument(`Seccomp profile "${name}" is not JSON`, error);
  }
  try {
    return profileOf(object(json, "It"));
  } catch (error) {
    throw invalidArgument(`Seccomp profile "${name}" cannot be used`, error);
  }
}

function profileOf(json: Json): SeccompProfile {
  if (json["listenerPath"] !== undefined && json["listenerPath"] !== "") {
    throw invalidArgument("A listener on the node cannot be reached from a VM");
  }
  const archMap = list(json["archMap"], "archMap").map((entry) => object(entry, "archMap"));
  return {
    defaultAction: word(json["defaultAction"], actions, "defaultAction"),
    defaultErrnoRet: errno(json["defaultErrnoRet"], "defaultErrnoRet"),
    archMap: json["archMap"] === undefined || json["archMap"] === null ? undefined : new Map(
      archMap.map((entry) => [
        texts([entry["architecture"]], architecture, "architecture")[0] ?? "",
        texts(entry["subArchitectures"], architecture, "subArchitectures"),
      ]),
    ),
    architectures: texts(json["architectures"], architecture, "architectures"),
    flags: texts(json["flags"], flag, "flags"),
    syscalls: list(json["syscalls"], "syscalls").map((entry) => entryOf(object(entry, "syscalls"))),
  };
}

function entryOf(json: Json): SeccompEntry {
  const names = texts(json["names"], syscall, "names");
  // Docker's profiles of 2016 named one call each.
  const single = json["name"] === undefined || json["name"] === "" ? [] : [json["name"]];
  return {
    names: [...names, ...texts(single, syscall, "name")],
    action: word(json["action"], actions, "action"),
    errnoRet: errno(json["errnoRet"], "errnoRet"),
    args: list(json["args"], "args").map((arg) => argOf(object(arg, "args"))),
    includes: conditionsOf(json["includes"], "includes"),
    excludes: conditionsOf(json["excludes"], "excludes"),
  };
}

function argOf(json: Json): OciSeccompArg {
  return {
    index: number(json["index"] ?? 0, maxArgument, "index"),
    value: number(json["value"] ?? 0, Number.MAX_SAFE_INTEGER, "value"),
    valueTwo: number(json["valueTwo"] ?? 0, Number.MAX_SAFE_INTEGER, "valueTwo"),
    op: word(json["op"], operators, "op"),
  };
}

function conditionsOf(value: unknown, field: string): SeccompConditions {
  const json = value === undefined || value === null ? {} : object(value, field);
  const minKernel = json["minKernel"] ?? "";
  if (typeof minKernel !== "string" || !/^(\d+\.\d+)?$/.test(minKernel)) {
    throw invalidArgument(`Its "minKernel" is no version`);
  }
  return {
    arches: texts(json["arches"], /^[a-z0-9]{1,32}$/, "arches"),
    caps: texts(json["caps"], /^CAP_[A-Z_]{1,32}$/, "caps"),
    minKernel,
  };
}

function object(value: unknown, field: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw invalidArgument(`"${field}" holds what is no JSON object`);
}

function list(value: unknown, field: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw invalidArgument(`Its "${field}" is no list`);
}

function texts(value: unknown, pattern: RegExp, field: string): readonly string[] {
  return list(value, field).map((text) => {
    if (typeof text === "string" && pattern.test(text)) return text;
    throw invalidArgument(`Its "${field}" holds ${JSON.stringify(text)}`);
  });
}

function word(value: unknown, known: ReadonlySet<string>, field: string): string {
  if (typeof value === "string" && known.has(value)) return value;
  throw invalidArgument(`Its "${field}" is ${JSON.stringify(value)}`);
}

function errno(value: unknown, field: string): number | undefined {
  return value === undefined || value === null ? undefined : number(value, maxErrno, field);
}

function number(value: unknown, max: number, field: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max) {
    return value;
  }
  throw invalidArgument(`Its "${field}" is ${JSON.stringify(value)}`);
}
