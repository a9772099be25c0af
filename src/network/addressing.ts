/**
 * What a result means for one pod: its addresses, the two ends of its link. Pure.
 */

import type { PodAddressing } from "./attachment.ts";
import type { NetworkResult } from "./result.ts";

/** The addressing of a pod whose ADD has not answered. */
export const noAddressing: PodAddressing = {
  ips: [],
  routes: [],
  dns: { nameservers: [], search: [], options: [] },
};

/**
 * Picks out of a result what belongs to the pod's interface `ifName`. Addresses that a plugin gave
 * to another interface inside the pod are left out; those it gave to none belong to the pod.
 */
export function addressingOf(result: NetworkResult, ifName: string): PodAddressing {
  const { interfaces } = result;
  const own = interfaces.findIndex((nic) => nic.name === ifName && nic.sandbox !== "");
  const ips = result.ips.filter((ip) => {
    const nic = ip.interface === undefined ? undefined : interfaces[ip.interface];
    return nic === undefined || nic.sandbox === "" || nic.name === ifName;
  });
  // Plugins list the way from the host to the pod: what stands last before the pod is its peer.
  const onHost = interfaces.slice(0, own === -1 ? undefined : own)
    .findLast((nic) => nic.sandbox === "" && nic.name !== "");
  const nic = interfaces[own];
  return {
    ips: ips.map(({ address, prefix, family, gateway }) => ({
      address,
      prefix,
      family,
      ...(gateway === undefined ? {} : { gateway }),
      ...(nic === undefined ? {} : { interface: ifName }),
    })),
    routes: result.routes,
    dns: result.dns,
    ...(nic?.mac === undefined ? {} : { mac: nic.mac }),
    ...(nic?.mtu === undefined ? {} : { mtu: nic.mtu }),
    ...(onHost === undefined ? {} : { hostInterface: onHost.name }),
  };
}
