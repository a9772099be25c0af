/**
 * The way from a CNI interface to a VM: a tap device in the pod's namespace whose frames and those
 * of the CNI interface are exchanged one for one, below the namespace's own network stack. That
 * stack keeps the pod's addresses and routes, because plugins want to find them at DEL and CHECK,
 * but never sees a frame again, copies of DHCP's answers excepted (docs/decisions/0112).
 */

import { internal, wrap } from "../lib/errors.ts";
import type { ProcessRunner } from "../lib/process.ts";
import { runTool } from "../lib/tool.ts";
import { type GuestNetwork, guestNetworkOf } from "./guest_network.ts";
import type { Json } from "./json.ts";

/** The tap's name in every pod's namespace. */
export const tapName = "tap0";

/** $1 is the tap. Without IPv6 on it, the namespace's stack has nothing to say to the guest. */
const makeScript = `
ip link show dev "$1" >/dev/null 2>&1 || ip tuntap add dev "$1" mode tap vnet_hdr
v6=/proc/sys/net/ipv6/conf/$1/disable_ipv6
[ ! -e "$v6" ] || echo 1 >"$v6"
ip link set dev "$1" up
`;

/**
 * $1 and $2 are the interface and the tap, $3 their MTU. Not every kernel has the classifier "matchall"; "u32"
 * that compares nothing does the same. A repetition replaces what is there. All multicast: the
 * interface (macvlan) must let groups through that only the guest has joined. Where $4 is "leases"
 * both get what a DHCP server says: the daemon of the dhcp plugin listens in the namespace, and
 * takes the interface down when a lease ends that it could not renew.
 */
const joinScript = `
ingress() {
  tc qdisc add dev "$1" ingress 2>/dev/null || tc qdisc show dev "$1" | grep -qE '(ingress|clsact) ffff:'
}
copy_leases() {
  tc filter del dev "$1" ingress protocol ip pref 9 2>/dev/null || :
  tc filter add dev "$1" ingress protocol ip pref 9 u32 match ip protocol 17 0xff \\
    match ip sport 67 0xffff match ip dport 68 0xffff action mirred egress mirror dev "$2" pass
}
one_way() {
  tc filter del dev "$1" ingress protocol all pref 10 2>/dev/null || :
  tc filter add dev "$1" ingress protocol all pref 10 matchall \\
    action mirred egress redirect dev "$2" 2>/dev/null ||
  tc filter add dev "$1" ingress protocol all pref 10 u32 match u8 0 0 \\
    action mirred egress redirect dev "$2"
}
ip link set dev "$2" mtu "$3"
ip link set dev "$1" allmulticast on
ingress "$1"
ingress "$2"
[ "$4" != leases ] || copy_leases "$1" "$2"
one_way "$2" "$1"
one_way "$1" "$2"
`;

/** Prints three lines of JSON. $1 is the interface. */
const stateScript = `
ip -json address show dev "$1"
echo
ip -json route show
echo
ip -json -6 route show || :
`;

/** Makes the tap, up and joined to nothing; QEMU can open it from here on. Repeating it is fine. */
export async function makeTap(netnsPath: string, processes: ProcessRunner): Promise<void> {
  try {
    await runInside(netnsPath, makeScript, [tapName], processes);
  } catch (error) {
    throw wrap(`Cannot make "${tapName}" in "${netnsPath}"`, error);
  }
}

/**
 * Joins the tap with the interface that CNI ADD has made, and tells what the guest must set up.
 * From here on the pod is the guest's. Repeating it is fine. Nothing undoes it: CNI DEL takes the
 * interface, the namespace's end the tap.
 * @throws FraktiError FailedPrecondition when the interface cannot be a VM's.
 */
export async function joinTap(
  netnsPath: string,
  ifName: string,
  processes: ProcessRunner,
): Promise<GuestNetwork> {
  try {
    const guest = await readGuestNetwork(netnsPath, ifName, processes);
    await exchangeFrames([ifName, tapName, String(guest.mtu)], processes, netnsPath);
    return guest;
  } catch (error) {
    throw wrap(`Cannot join "${ifName}" with "${tapName}" in "${netnsPath}"`, error);
  }
}

/**
 * From here on all frames that come in on one of two interfaces go out on the other. The second
 * gets the MTU. In the namespace at `netnsPath`, where the first is what a CNI plugin made and its
 * DHCP client goes on listening, or in frakti's own.
 */
export async function exchangeFrames(
  args: readonly [ifName: string, other: string, mtu: string],
  processes: ProcessRunner,
  netnsPath?: string,
): Promise<void> {
  if (netnsPath !== undefined) {
    await runInside(netnsPath, joinScript, [...args, "leases"], processes);
  } else {
    await runTool(processes, "/bin/sh", ["-euc", joinScript, "frakti-tap", ...args, ""]);
  }
}

/** What the guest must set up, as the namespace has it now. */
export async function readGuestNetwork(
  netnsPath: string,
  ifName: string,
  processes: ProcessRunner,
): Promise<GuestNetwork> {
  const text = await runInside(netnsPath, stateScript, [ifName], processes);
  const [links, routes4, routes6] = text.split("\n").filter((line) => line.trim() !== "")
    .map(parseLine);
  return guestNetworkOf(ifName, {
    links: links ?? null,
    routes4: routes4 ?? null,
    routes6: routes6 ?? null,
  });
}

function parseLine(line: string): Json {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw internal(`"ip -json" printed no JSON`, error);
  }
}

function runInside(
  netnsPath: string,
  script: string,
  args: readonly string[],
  processes: ProcessRunner,
): Promise<string> {
  const shell = ["/bin/sh", "-euc", script, "frakti-tap", ...args];
  return runTool(processes, "nsenter", [`--net=${netnsPath}`, ...shell]);
}
