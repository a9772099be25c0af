/**
 * From a request to what plugins are told: CNI_ARGS and the arguments of capabilities. Pure.
 */

import { isIP } from "node:net";
import { invalidArgument } from "../lib/errors.ts";
import type { AttachRequest } from "./attachment.ts";
import { podBandwidth } from "./bandwidth.ts";
import type { Json, JsonObject } from "./json.ts";
import { parseCidr, parseMac } from "./result.ts";

/** The standard arguments, and the uid that newer plugins read. */
export function cniArgsOf(request: AttachRequest): [string, string][] {
  return [
    ["IgnoreUnknown", "1"],
    ["K8S_POD_NAMESPACE", request.pod.namespace],
    ["K8S_POD_NAME", request.pod.name],
    ["K8S_POD_INFRA_CONTAINER_ID", request.podId],
    ["K8S_POD_UID", request.pod.uid],
  ];
}

/**
 * CNI_ARGS.
 * @throws FraktiError InvalidArgument when a value would be read as another argument.
 */
export function renderArgs(args: readonly (readonly [string, string])[]): string {
  for (const [key, value] of args) {
    if (!/^[^;=\p{Cc}]*$/u.test(value) || value.length > maxValueLength) {
      throw invalidArgument(
        `Cannot tell CNI ${key}=${JSON.stringify(value.slice(0, maxValueLength))}:` +
          ` it holds ";", "=" or control characters, or is over ${maxValueLength} long`,
      );
    }
  }
  return args.map(([key, value]) => `${key}=${value}`).join(";");
}

const maxValueLength = 253; // The longest Kubernetes name (RFC 1123 subdomain).

/**
 * The arguments of every capability the request has something for; a plugin gets those it
 * declares. `podCidrs` feed ipRanges, one range set each.
 * @throws FraktiError InvalidArgument naming what cannot be passed on.
 */
export function capabilityArgsOf(
  request: AttachRequest,
  podCidrs: readonly string[],
): JsonObject {
  const args: Record<string, Json> = {};
  const ports = request.portMappings.filter((mapping) => mapping.hostPort !== 0);
  if (ports.length > 0) args["portMappings"] = ports.map(portMapping);
  const bandwidth = podBandwidth(request.annotations ?? {});
  if (bandwidth !== undefined) args["bandwidth"] = { ...bandwidth };
  if (podCidrs.length > 0) args["ipRanges"] = podCidrs.map((subnet) => [{ subnet }]);
  if (request.dns !== undefined) {
    args["dns"] = {
      servers: [...request.dns.servers],
      searches: [...request.dns.searches],
      options: [...request.dns.options],
    };
  }
  if (request.mac !== undefined) {
    if (parseMac(request.mac) === undefined) {
      throw invalidArgument(`Hardware address "${request.mac}" is malformed`);
    }
    args["mac"] = request.mac;
  }
  if (request.ips !== undefined && request.ips.length > 0) {
    request.ips.forEach((ip, index) => isIP(ip) === 0 && parseCidr(ip, `ips[${index}]`));
    args["ips"] = [...request.ips];
  }
  if (request.aliases !== undefined && request.aliases.length > 0) {
    args["aliases"] = [...request.aliases];
  }
  if (request.cgroupPath !== undefined) args["cgroupPath"] = request.cgroupPath;
  if (request.annotations !== undefined) {
    args["io.kubernetes.cri.pod-annotations"] = { ...request.annotations };
  }
  return args;
}

const maxPort = 65535;

function portMapping(mapping: AttachRequest["portMappings"][number]): JsonObject {
  for (const port of [mapping.hostPort, mapping.containerPort]) {
    if (!Number.isInteger(port) || port < 1 || port > maxPort) {
      throw invalidArgument(`Port ${port} of a port mapping is not in 1..${maxPort}`);
    }
  }
  if (mapping.hostIp !== "" && isIP(mapping.hostIp) === 0) {
    throw invalidArgument(`Host address "${mapping.hostIp}" of a port mapping is no address`);
  }
  return {
    hostPort: mapping.hostPort,
    containerPort: mapping.containerPort,
    protocol: mapping.protocol,
    ...(mapping.hostIp === "" ? {} : { hostIP: mapping.hostIp }),
  };
}
