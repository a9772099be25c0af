/**
 * What a kubelet of 1.6 says in annotations of the pod, because its messages have no fields for it.
 */

import { invalidArgument } from "../../lib/errors.ts";

type Annotations = ReadonlyMap<string, string>;

const podSeccomp = "seccomp.security.alpha.kubernetes.io/pod";
const containerSeccompPrefix = "container.seccomp.security.alpha.kubernetes.io/";
const containerApparmorPrefix = "container.apparmor.security.beta.kubernetes.io/";
const sysctlKeys = [
  "security.alpha.kubernetes.io/sysctls",
  "security.alpha.kubernetes.io/unsafe-sysctls",
];

/** Where a kubelet of that time kept its profiles; the annotation names a file below it. */
const seccompRoot = "/var/lib/kubelet/seccomp";

const localhostPrefix = "localhost/";

/** The name under which the annotations speak of the sandbox itself. */
export const sandboxName = "POD";

/** The seccomp profile of a container, in the words of `seccomp_profile_path`; "" = none named. */
export function seccompProfile(annotations: Annotations, container: string): string {
  const profile = annotations.get(containerSeccompPrefix + container) ??
    annotations.get(podSeccomp) ?? "";
  if (!profile.startsWith(localhostPrefix)) return profile;
  return `${localhostPrefix}${seccompRoot}/${profile.slice(localhostPrefix.length)}`;
}

/** The AppArmor profile of a container, in the words of `apparmor_profile`; "" = none named. */
export function apparmorProfile(annotations: Annotations, container: string): string {
  return annotations.get(containerApparmorPrefix + container) ?? "";
}

/**
 * The kernel parameters of the pod, from lists of "name=value" joined by commas.
 * @throws FraktiError InvalidArgument for an entry without name or value.
 */
export function sysctls(annotations: Annotations): Map<string, string> {
  const found = new Map<string, string>();
  for (const key of sysctlKeys) {
    const list = annotations.get(key) ?? "";
    for (const entry of list === "" ? [] : list.split(",")) {
      const equals = entry.indexOf("=");
      if (equals < 1) {
        throw invalidArgument(`Annotation "${key}" has an entry without "=": "${entry}"`);
      }
      found.set(entry.slice(0, equals), entry.slice(equals + 1));
    }
  }
  return found;
}
