/** From the CRI's sandbox to hyperd's pod: its size, its card, its names. */

import { BlockList, isIPv4 } from "node:net";
import type { GuestNetwork, Relay } from "../../../network/mod.ts";
import type { DnsConfig, SandboxConfig } from "../../domain.ts";
import type { HyperdCapabilities } from "../client/mod.ts";
import { wire } from "../client/mod.ts";
import { hostnameOf, labelsFor } from "../names.ts";
import type { PodSize } from "../pod_size.ts";

export interface PodSpecInput {
  readonly id: string;
  readonly config: SandboxConfig;
  readonly size: PodSize;
  readonly relay: Relay;
  readonly network: GuestNetwork;
  readonly instanceId: string;
  readonly hyperd: HyperdCapabilities;
}

/** The specification for PodCreate, without containers: those come one by one. */
export function podSpec(input: PodSpecInput): wire.UserPod {
  const { id, config, size, relay, network } = input;
  const first = network.addresses.find(isV4) ?? "";
  const gateway = plainGateway(network) ?? "";
  return wire.UserPod.fromPartial({
    id,
    hostname: hostnameOf(config),
    labels: labelsFor(config, input.instanceId),
    resource: { vcpu: size.vcpus, memory: size.memoryMiB },
    log: { type: "json-file", config: new Map() }, // Whatever the daemon's own default is.
    ...dnsFields(config.dns, input.hyperd),
    interfaces: [{
      bridge: relay.bridge,
      ifname: relay.tap, // From 1.0 on the tap has this name, and "eth0" may be the node's own.
      ip: first,
      mac: network.mac,
      ...input.hyperd.gatewayMoved
        ? { tapOrGateway: gateway }
        : { tapOrGateway: relay.tap, gateway },
    }],
  });
}

function dnsFields(dns: DnsConfig | undefined, hyperd: HyperdCapabilities) {
  if (needsResolvConf(dns, hyperd)) return {};
  return {
    dns: [...dns?.servers ?? []],
    dnsSearch: [...dns?.searches ?? []],
    dnsOptions: [...dns?.options ?? []],
  };
}

/** Whether a resolv.conf of ours is needed: hyperd cannot say what the pod asks for. */
export function needsResolvConf(dns: DnsConfig | undefined, hyperd: HyperdCapabilities): boolean {
  if (dns === undefined || dns.searches.length + dns.options.length === 0) return false;
  return !hyperd.dnsFields || dns.servers.length === 0;
}

const defaultRoute = "0.0.0.0/0";
/** hyperd has no field for it. */
const usualMtu = 1500;

/** The gateway that hyperd can set by itself: of the first address's subnet, for everything. */
function plainGateway({ addresses, routes }: GuestNetwork): string | undefined {
  const gateway = routes.find(({ destination }) => destination === defaultRoute)?.gateway;
  const [address = "", prefix = "32"] = addresses.find(isV4)?.split("/") ?? [];
  if (gateway === undefined || !isIPv4(gateway) || address === "") return undefined;
  const subnet = new BlockList();
  subnet.addSubnet(address, Number(prefix), "ipv4");
  return Number(prefix) < 31 && subnet.check(gateway) ? gateway : undefined;
}

/**
 * The kernel of hyperd 0.8's guest takes the echo of its own question, which a bridge in hairpin mode
 * sends back, for somebody else's, and then uses none of its addresses (the bridge plugin turns the
 * question off in the pod for the same reason). So the link's own address is made again, unasked.
 */
const newLinkLocalAddress = [["accept_dad", 0], ["disable_ipv6", 1], ["disable_ipv6", 0]]
  .map(([name, value]) => `echo ${value} >/proc/sys/net/ipv6/conf/eth0/${name}`).join("\n");

/** What the guest must be told beyond what hyperd tells it; undefined when that is nothing. */
export function guestNetworkScript(network: GuestNetwork): string | undefined {
  const plain = plainGateway(network);
  const lines: string[] = [];
  if (network.mtu !== usualMtu) {
    lines.push(`ip link set dev eth0 mtu ${network.mtu}`);
  }
  if (!network.addresses.every(isV4)) lines.push(newLinkLocalAddress);
  const first = network.addresses.find(isV4);
  for (const address of network.addresses) {
    const family = isV4(address) ? "" : " -6";
    if (address !== first) lines.push(`ip${family} addr add ${address} dev eth0`);
  }
  for (const { destination, gateway } of network.routes) {
    if (destination === defaultRoute && gateway !== undefined && gateway === plain) continue;
    const family = isV4(destination) ? "" : " -6";
    const via = gateway === undefined ? "" : ` via ${gateway}`;
    lines.push(`ip${family} route replace ${destination}${via} dev eth0`);
  }
  return lines.length === 0 ? undefined : ["set -e", ...lines].join("\n");
}

function isV4(address: string): boolean {
  return isIPv4(address.split("/")[0] ?? "");
}
