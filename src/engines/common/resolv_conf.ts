/**
 * The resolv.conf of a pod, from its DNS configuration. Its words come from users: none may begin
 * a line of its own.
 */

import { invalidArgument } from "../../lib/errors.ts";
import type { DnsConfig } from "../domain.ts";

const word = /^[^\s\p{Cc}#;]{1,1024}$/u;

/**
 * The file's text: a nameserver per line, one search line, one options line.
 * @throws FraktiError InvalidArgument for a word that would not stay one.
 */
export function renderResolvConf(dns: DnsConfig): string {
  const lines = dns.servers.map((server) => `nameserver ${checked(server, "server")}`);
  if (dns.searches.length > 0) {
    lines.push(`search ${dns.searches.map((domain) => checked(domain, "search")).join(" ")}`);
  }
  if (dns.options.length > 0) {
    lines.push(`options ${dns.options.map((option) => checked(option, "option")).join(" ")}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

function checked(text: string, what: string): string {
  if (!word.test(text)) throw invalidArgument(`DNS ${what} "${text}" is malformed`);
  return text;
}
