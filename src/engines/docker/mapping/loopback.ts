/**
 * The loopback address of IPv6. Docker before 26 turns IPv6 off on every interface of a container
 * on network "none", `lo` included, and what listens on ::1 fails there as nowhere else. frakti
 * turns it on again for `lo`; on other interfaces that is CNI's affair.
 */

import type { NamespaceOptions, StringMap } from "../../domain.ts";
import type { HostFiles } from "./host_files.ts";

const setting = "net.ipv6.conf.lo.disable_ipv6";
const hostFile = "/proc/sys/net/ipv6/conf/lo/disable_ipv6";

/** What a pod that says otherwise says. */
const ownSettings = [setting, "net.ipv6.conf.all.disable_ipv6"];

const maxBytes = 64;

/** `sysctls` with IPv6 on `lo`, where the host has it and the pod does not decide itself. */
export async function withLoopback(
  sysctls: StringMap,
  namespaces: NamespaceOptions,
  files: HostFiles,
): Promise<StringMap> {
  if (namespaces.network === "node" || ownSettings.some((name) => name in sysctls)) return sysctls;
  const isOff = await files.readText(hostFile, maxBytes);
  return isOff?.trim() === "0" ? { ...sysctls, [setting]: "0" } : sysctls;
}
