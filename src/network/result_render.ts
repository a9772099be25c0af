/**
 * Writing a result in the form of a given version: needed only when a plugin answers in another
 * version than it was asked in and the next one expects its own. Pure.
 */

import type { Json, JsonObject } from "./json.ts";
import { type NetworkResult, type NetworkRoute, parseResult, versionOfResult } from "./result.ts";
import { type CniVersion, resultForm } from "./versions.ts";

/**
 * A plugin's answer as the next plugin must see it: untouched when it is in the configuration's
 * version, else rewritten. What the other form has no place for is lost, as in libcni.
 * @throws FraktiError Internal when the result is malformed.
 */
export function toVersion(raw: JsonObject, configured: CniVersion): JsonObject {
  if (versionOfResult(raw, configured) === configured) return { ...raw, cniVersion: configured };
  return renderResult(parseResult(raw, configured), configured);
}

/** The model as JSON of a version. */
export function renderResult(result: NetworkResult, version: CniVersion): JsonObject {
  return {
    cniVersion: version,
    ...(resultForm(version) === "ip4ip6" ? renderOld(result) : renderNew(result, version)),
    dns: {
      nameservers: [...result.dns.nameservers],
      ...(result.dns.domain === undefined ? {} : { domain: result.dns.domain }),
      search: [...result.dns.search],
      options: [...result.dns.options],
    },
  };
}

function renderOld(result: NetworkResult): JsonObject {
  const old: Record<string, Json> = {};
  for (const [key, family] of [["ip4", 4], ["ip6", 6]] as const) {
    const ip = result.ips.find((candidate) => candidate.family === family);
    if (ip === undefined) continue;
    old[key] = {
      ip: `${ip.address}/${ip.prefix}`,
      ...(ip.gateway === undefined ? {} : { gateway: ip.gateway }),
      routes: result.routes.filter((route) => route.family === family).map(renderRoute),
    };
  }
  return old;
}

function renderNew(result: NetworkResult, version: CniVersion): JsonObject {
  return {
    interfaces: result.interfaces.map((nic) => ({
      name: nic.name,
      ...(nic.mac === undefined ? {} : { mac: nic.mac }),
      ...(nic.mtu === undefined ? {} : { mtu: nic.mtu }),
      ...(nic.sandbox === "" ? {} : { sandbox: nic.sandbox }),
    })),
    ips: result.ips.map((ip) => ({
      ...(resultForm(version) === "families" ? { version: String(ip.family) } : {}),
      address: `${ip.address}/${ip.prefix}`,
      ...(ip.gateway === undefined ? {} : { gateway: ip.gateway }),
      ...(ip.interface === undefined ? {} : { interface: ip.interface }),
    })),
    routes: result.routes.map(renderRoute),
  };
}

function renderRoute(route: NetworkRoute): JsonObject {
  const { address, prefix, family: _family, gateway, ...numbers } = route;
  return {
    dst: `${address}/${prefix}`,
    ...(gateway === undefined ? {} : { gw: gateway }),
    ...numbers,
  };
}
