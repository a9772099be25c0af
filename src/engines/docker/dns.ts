/**
 * The resolv.conf of a pod. Docker makes one file per sandbox, which all its containers share; it
 * is rewritten in place because it is bind-mounted.
 */

import { internal, wrap } from "../../lib/errors.ts";
import { readTextIfExists } from "../../lib/files.ts";
import type { DnsConfig } from "../domain.ts";
import { renderResolvConf } from "../common/resolv_conf.ts";

const hostResolvConf = "/etc/resolv.conf";
const maxResolvConfBytes = 64 * 1024;

/**
 * Writes what the pod asks for; a pod that asks for nothing gets the host's file as it is. (Docker
 * by itself would drop loopback servers and put public ones in their place.)
 */
export async function writeResolvConf(path: string, dns: DnsConfig | undefined): Promise<void> {
  if (!path.startsWith("/")) throw internal(`Docker names no resolv.conf for the sandbox`);
  const asked = dns !== undefined && dns.servers.length + dns.searches.length + dns.options.length;
  try {
    const text = asked
      ? renderResolvConf(dns)
      : await readTextIfExists(hostResolvConf, maxResolvConfBytes);
    if (text !== undefined) await Deno.writeTextFile(path, text, { create: false });
  } catch (error) {
    throw wrap(`Cannot write "${path}"`, error);
  }
}
