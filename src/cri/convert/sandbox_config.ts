/**
 * A pod as the client describes it → domain.
 */

import type {
  DnsConfig,
  PortMapping,
  SandboxConfig,
  SandboxMetadata,
  StringMap,
} from "../../engines/domain.ts";
import { invalidArgument } from "../../lib/errors.ts";
import type {
  DNSConfig,
  PodSandboxConfig,
  PodSandboxMetadata,
  PortMapping as WirePortMapping,
} from "../wire.ts";
import {
  absolutePath,
  enumName,
  inRange,
  ipAddress,
  nameWord,
  required,
  withoutDotDot,
  withoutNul,
  word,
} from "./checks.ts";
import { protocols } from "./enums.ts";
import { toStringMap } from "./maps.ts";
import { toResources } from "./resources.ts";
import { toSandboxSecurity } from "./security.ts";

const maxPort = 65_535;
const maxHostnameLength = 64; // The kernel's limit (HOST_NAME_MAX).

/** A pod's config, checked. `field` names it in refusals. */
export function toSandboxConfig(
  config: PodSandboxConfig | undefined,
  field: string,
): SandboxConfig {
  const { linux, ...given } = required(config, field);
  const dns = toDns(given.dnsConfig, `${field}.dns_config`);
  const overhead = linux?.overhead;
  const resources = linux?.resources;
  return {
    metadata: toMetadata(given.metadata, `${field}.metadata`),
    hostname: toHostname(given.hostname, `${field}.hostname`),
    logDirectory: given.logDirectory === ""
      ? ""
      : absolutePath(given.logDirectory, `${field}.log_directory`),
    ...(dns === undefined ? {} : { dns }),
    portMappings: given.portMappings.map((mapping) =>
      toPortMapping(mapping, `${field}.port_mappings`)
    ),
    labels: toStringMap(given.labels),
    annotations: toStringMap(given.annotations),
    cgroupParent: withoutDotDot(linux?.cgroupParent ?? "", `${field}.linux.cgroup_parent`),
    security: toSandboxSecurity(linux?.securityContext, `${field}.linux.security_context`),
    sysctls: toSysctls(linux?.sysctls ?? new Map(), `${field}.linux.sysctls`),
    ...(overhead === undefined
      ? {}
      : { overhead: toResources(overhead, `${field}.linux.overhead`) }),
    ...(resources === undefined
      ? {}
      : { resources: toResources(resources, `${field}.linux.resources`) }),
  };
}

function toMetadata(metadata: PodSandboxMetadata | undefined, field: string): SandboxMetadata {
  const { name, namespace, uid, attempt } = required(metadata, field);
  return {
    name: nameWord(name, `${field}.name`),
    namespace: nameWord(namespace, `${field}.namespace`),
    uid: nameWord(uid, `${field}.uid`),
    attempt,
  };
}

function toHostname(hostname: string, field: string): string {
  if (hostname === "") return "";
  nameWord(hostname, field);
  if (hostname.length > maxHostnameLength) {
    throw invalidArgument(`Field "${field}" is over ${maxHostnameLength} characters`);
  }
  return hostname;
}

/** These become lines of resolv.conf: nothing may begin a line of its own. */
function toDns(dns: DNSConfig | undefined, field: string): DnsConfig | undefined {
  if (dns === undefined) return undefined;
  return {
    servers: dns.servers.map((server) => ipAddress(server, `${field}.servers`)),
    searches: dns.searches.map((domain) => word(domain, `${field}.searches`)),
    options: dns.options.map((option) => word(option, `${field}.options`)),
  };
}

function toPortMapping(mapping: WirePortMapping, field: string): PortMapping {
  const containerPort = inRange(mapping.containerPort, 0, maxPort, `${field}.container_port`);
  const hostPort = inRange(mapping.hostPort, 0, maxPort, `${field}.host_port`);
  if (hostPort !== 0 && containerPort === 0) {
    throw invalidArgument(`Field "${field}" maps host port ${hostPort} to no container port`);
  }
  return {
    protocol: enumName(protocols, mapping.protocol, `${field}.protocol`),
    containerPort,
    hostPort,
    hostIp: mapping.hostIp === "" ? "" : ipAddress(mapping.hostIp, `${field}.host_ip`),
  };
}

/** A kernel parameter's name, with dots or slashes between its parts. */
const sysctlName = /^[A-Za-z0-9][A-Za-z0-9_-]*([./][A-Za-z0-9][A-Za-z0-9_-]*)*$/;

function toSysctls(sysctls: ReadonlyMap<string, string>, field: string): StringMap {
  for (const [name, value] of sysctls) {
    if (!sysctlName.test(name)) {
      throw invalidArgument(`Field "${field}" has a malformed name: "${name}"`);
    }
    withoutNul(value, `${field}["${name}"]`);
    if (value.includes("\n")) {
      throw invalidArgument(`Field "${field}" has more than one line for "${name}"`);
    }
  }
  return toStringMap(sysctls);
}
