/**
 * From what a CNI plugin has set up in a pod's namespace to what a guest must set up itself. The
 * kernel's state is read rather than the plugin's result: a result leaves out what the plugin
 * added on its own, as routes to a gateway outside of the pod's subnet. Pure.
 */

import { BlockList, isIPv6 } from "node:net";
import { failedPrecondition, internal } from "../lib/errors.ts";
import { isObject, type Json, type JsonObject, listOf, textOf } from "./json.ts";

/** What the guest's NETWORK request says (src/engines/qemu/guest/PROTOCOL.md). */
export interface GuestNetwork {
  readonly mac: string;
  readonly mtu: number;
  /** "10.1.2.3/24", first the primary one. */
  readonly addresses: readonly string[];
  /** In an order that works. */
  readonly routes: readonly GuestRoute[];
}

/** A route; without a gateway the destination is on the link. */
export interface GuestRoute {
  /** "0.0.0.0/0" is the default. */
  readonly destination: string;
  readonly gateway?: string;
}

interface Route {
  readonly destination: string;
  readonly prefix: number;
  readonly gateway?: string;
  /** The kernel takes the smallest. */
  readonly metric: number;
  /** Made by the kernel for an address. */
  readonly isKernels: boolean;
}

interface Address {
  readonly local: string;
  readonly prefix: number;
}

/**
 * Reads `ip -json address show dev IF`, `ip -json route show` and `ip -json -6 route show`.
 * @throws FraktiError FailedPrecondition when the interface cannot be a VM's, Internal when there
 * is none.
 */
export function guestNetworkOf(
  ifName: string,
  state: { readonly links: Json; readonly routes4: Json; readonly routes6: Json },
): GuestNetwork {
  const link = objectsIn(state.links).find((one) => one["ifname"] === ifName);
  if (link === undefined) throw internal(`Network made no interface "${ifName}"`);
  const kind = textOf(link["link_type"]) ?? "";
  if (kind !== "ether") {
    throw failedPrecondition(`Interface "${ifName}" is of type "${kind}", a VM needs Ethernet`);
  }
  // Dynamic ones came from router advertisements, which reach the guest from now on.
  const addresses = objectsIn(link["addr_info"])
    .filter((info) => info["scope"] !== "link" && info["dynamic"] !== true)
    .map((info) => ({ local: textOf(info["local"]) ?? "", prefix: Number(info["prefixlen"]) }));
  const routes = [
    ...objectsIn(state.routes4).flatMap((route) => routeOf(route, ifName, "0.0.0.0/0")),
    ...objectsIn(state.routes6).flatMap((route) => routeOf(route, ifName, "::/0")),
  ];
  return {
    mac: textOf(link["address"]) ?? "",
    mtu: Number(link["mtu"]),
    ...plan(addresses, bestOf(routes)),
  };
}

/**
 * Of several routes to one destination (CNI's "priority") the one in use: the guest's request has no
 * metric, and of two routes in it the later would stay.
 */
function bestOf(routes: readonly Route[]): readonly Route[] {
  const best = new Map<string, Route>();
  for (const route of routes) {
    const key = `${route.destination}/${route.prefix}`;
    const other = best.get(key);
    if (other === undefined || route.metric < other.metric) best.set(key, route);
  }
  return [...best.values()];
}

/**
 * A guest's kernel makes a route to the subnet of each address, as the host's does. Where a plugin
 * has taken that route away (ptp sends everything through the gateway), the guest gets the address
 * alone, without its subnet, and all routes in words.
 */
function plan(
  addresses: readonly Address[],
  routes: readonly Route[],
): Pick<GuestNetwork, "addresses" | "routes"> {
  const hasSubnet = (address: Address, route: Route) =>
    route.isKernels && route.prefix === address.prefix && isIn(route.destination, address);
  const given = addresses.map((address) =>
    routes.some((route) => hasSubnet(address, route))
      ? address
      : { ...address, prefix: bitsOf(address.local) }
  );
  const wanted = routes.filter((route) => !given.some((address) => hasSubnet(address, route)));
  const onLink = wanted.filter(({ gateway }) => gateway === undefined);
  const reachable = [
    ...given,
    ...onLink.map(({ destination, prefix }) => ({ local: destination, prefix })),
  ];
  // A route marked "onlink" needs no route to its gateway; the guest's request has no such mark.
  const gateways = wanted.flatMap(({ gateway }) => gateway === undefined ? [] : [gateway])
    .filter((gateway) => !isLinkLocal(gateway) && !reachable.some((net) => isIn(gateway, net)));
  return {
    addresses: given.map(({ local, prefix }) => `${local}/${prefix}`),
    routes: [
      ...onLink.map(({ destination, prefix }) => ({ destination: `${destination}/${prefix}` })),
      ...[...new Set(gateways)].map((gateway) => ({
        destination: `${gateway}/${bitsOf(gateway)}`,
      })),
      ...wanted.flatMap(({ destination, prefix, gateway }) =>
        gateway === undefined ? [] : [{ destination: `${destination}/${prefix}`, gateway }]
      ),
    ],
  };
}

/** Of these the guest's kernel, or a router's advertisement, makes routes there by itself. */
const automatic = new Set(["ra", "redirect"]);

/** None for what is no way out of this interface: other interfaces, "unreachable" and the like. */
function routeOf(route: JsonObject, ifName: string, anywhere: string): Route[] {
  const isUnicast = route["type"] === undefined || route["type"] === "unicast";
  const protocol = textOf(route["protocol"]) ?? "";
  if (!isUnicast || automatic.has(protocol)) return [];
  const hop = [route, ...objectsIn(route["nexthops"])].find((one) => one["dev"] === ifName);
  // "via" is a gateway of the other family, for which the guest's request has no words.
  if (hop === undefined || hop["via"] !== undefined) return [];
  const gateway = textOf(hop["gateway"]);
  const named = textOf(route["dst"]) ?? "";
  const [destination = "", prefix] = (named === "default" ? anywhere : named).split("/");
  if (isLinkLocal(destination)) return []; // The guest's kernel makes its own.
  return [{
    destination,
    prefix: prefix === undefined ? bitsOf(destination) : Number(prefix),
    metric: Number(route["metric"] ?? 0),
    isKernels: protocol === "kernel",
    ...(gateway === undefined ? {} : { gateway }),
  }];
}

function objectsIn(list: Json | undefined): JsonObject[] {
  return (listOf(list) ?? []).filter(isObject);
}

function bitsOf(address: string): number {
  return isIPv6(address) ? 128 : 32;
}

/** fe80::/10: always on the link. */
function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address);
}

/** True when `address` lies in the subnet of `net`. */
function isIn(address: string, net: Address): boolean {
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  if (isIPv6(address) !== isIPv6(net.local)) return false;
  const subnet = new BlockList();
  subnet.addSubnet(net.local, net.prefix, family);
  return subnet.check(address, family);
}
