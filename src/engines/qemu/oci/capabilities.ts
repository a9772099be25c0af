/**
 * Linux capabilities of a container: Docker's default set, changed as the CRI asks.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { Capabilities } from "../../domain.ts";
import type { OciCapabilities } from "./spec.ts";

/** What a container has when nothing is asked for; the set that images are made for. */
const defaults: readonly string[] = [
  "CAP_AUDIT_WRITE",
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_MKNOD",
  "CAP_NET_BIND_SERVICE",
  "CAP_NET_RAW",
  "CAP_SETFCAP",
  "CAP_SETGID",
  "CAP_SETPCAP",
  "CAP_SETUID",
  "CAP_SYS_CHROOT",
];

/** Every capability of Linux 5.9 and newer; the guest's kernels are. capabilities(7). */
const every: readonly string[] = [
  ...defaults,
  "CAP_AUDIT_CONTROL",
  "CAP_AUDIT_READ",
  "CAP_BLOCK_SUSPEND",
  "CAP_BPF",
  "CAP_CHECKPOINT_RESTORE",
  "CAP_DAC_READ_SEARCH",
  "CAP_IPC_LOCK",
  "CAP_IPC_OWNER",
  "CAP_LEASE",
  "CAP_LINUX_IMMUTABLE",
  "CAP_MAC_ADMIN",
  "CAP_MAC_OVERRIDE",
  "CAP_NET_ADMIN",
  "CAP_NET_BROADCAST",
  "CAP_PERFMON",
  "CAP_SYSLOG",
  "CAP_SYS_ADMIN",
  "CAP_SYS_BOOT",
  "CAP_SYS_MODULE",
  "CAP_SYS_NICE",
  "CAP_SYS_PACCT",
  "CAP_SYS_PTRACE",
  "CAP_SYS_RAWIO",
  "CAP_SYS_RESOURCE",
  "CAP_SYS_TIME",
  "CAP_SYS_TTY_CONFIG",
  "CAP_WAKE_ALARM",
];

const all = "CAP_ALL";

/**
 * The five sets. ALL adds or drops every one before the single names count; what is added and
 * dropped at once is dropped. Ambient ones are in all sets, so that they survive a change of user;
 * nothing else is inheritable (CVE-2022-24769).
 * @throws FraktiError InvalidArgument for a name that Linux does not have.
 */
export function capabilitySets(capabilities: Capabilities): OciCapabilities {
  const add = normalised(capabilities.add);
  const drop = normalised(capabilities.drop);
  const addAmbient = normalised(capabilities.addAmbient);
  const single = (names: readonly string[]) => names.filter((name) => name !== all);
  const base = drop.includes(all) ? [] : add.includes(all) ? every : defaults;
  const isKept = (name: string) => !drop.includes(name);
  const ambient = unique(addAmbient.includes(all) ? every : addAmbient).filter(isKept);
  const held = unique([...base, ...single(add), ...ambient]).filter(isKept);
  return {
    bounding: held,
    effective: held,
    permitted: held,
    inheritable: ambient,
    ambient,
  };
}

function normalised(names: readonly string[]): readonly string[] {
  return names.map((text) => {
    const upper = text.toUpperCase();
    const name = upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
    if (name !== all && !every.includes(name)) {
      throw invalidArgument(`Capability "${text}" is unknown`);
    }
    return name;
  });
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
