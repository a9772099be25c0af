/**
 * Kernel settings of a pod. Only those that a pod has for itself are let through, and values are
 * checked: one of them once carried a second assignment into kernel.core_pattern (CVE-2022-0811).
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { NamespaceOptions, StringMap } from "../../domain.ts";

// A slash inside a segment stands for a dot of a name; alone or doubled it could climb out.
const segment = "[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*";
const dottedName = new RegExp(`^${segment}(?:\\.${segment})+$`);
const plainValue = /^[A-Za-z0-9 \t.,:_/-]{0,1024}$/;

const ipcNames: ReadonlySet<string> = new Set([
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.sem",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
  "kernel.shm_rmid_forced",
]);
const ipcPrefix = "fs.mqueue.";
const netPrefix = "net.";

/**
 * Docker's `Sysctls`.
 * @throws FraktiError InvalidArgument for a setting of the host, for one of a namespace that the
 *   pod shares with the host, and for a malformed name or value.
 */
export function sysctlsField(sysctls: StringMap, namespaces: NamespaceOptions): StringMap {
  return Object.fromEntries(
    Object.entries(sysctls).map(([key, value]) => {
      const name = dotted(key);
      checkNamespace(name, namespaces);
      if (!plainValue.test(value)) {
        throw invalidArgument(`Sysctl "${name}" has a value with characters that are not allowed`);
      }
      return [name, value];
    }),
  );
}

/** Docker takes names with dots; a name written with slashes has the two the other way round. */
function dotted(key: string): string {
  const isBySlash = /^[^./]*\//.test(key);
  const name = isBySlash ? key.replace(/[./]/g, (separator) => separator === "/" ? "." : "/") : key;
  if (!dottedName.test(name)) throw invalidArgument(`Sysctl "${key}" is malformed`);
  return name;
}

function checkNamespace(name: string, namespaces: NamespaceOptions): void {
  if (name.startsWith(netPrefix)) {
    if (namespaces.network === "node") {
      throw invalidArgument(`Sysctl "${name}" is the host's in a pod with host network`);
    }
    return;
  }
  if (ipcNames.has(name) || name.startsWith(ipcPrefix)) {
    if (namespaces.ipc === "node") {
      throw invalidArgument(`Sysctl "${name}" is the host's in a pod with host IPC`);
    }
    return;
  }
  throw invalidArgument(`Sysctl "${name}" is not a pod's own: it would change the host`);
}
