/**
 * The way from a CNI interface to a VM whose hypervisor takes nothing but a bridge of the node
 * (hyperd): a bridge for this pod alone, and a pair of interfaces from it into the pod's namespace,
 * where frames are exchanged with the CNI interface one for one. So any plugin will do, the
 * namespace keeps the pod's addresses for DEL and CHECK, and neither bridge nor pair has an address
 * of its own (docs/decisions/0120).
 */

import { wrap } from "../lib/errors.ts";
import type { ProcessRunner } from "../lib/process.ts";
import { runTool } from "../lib/tool.ts";
import { exchangeFrames } from "./tap.ts";

/** Names of the parts on the node; the kernel takes 15 characters. */
export interface Relay {
  readonly bridge: string;
  /** The pair's end on the node, a port of the bridge. */
  readonly hostEnd: string;
  /** What the hypervisor is to call the VM's tap, another port of the bridge. */
  readonly tap: string;
}

/** The pair's end in every pod's namespace. */
const innerEnd = "relay0";
const idChars = 12;

/**
 * $1 is the bridge, $2 and $3 the pair's ends, $4 the namespace, $5 the MTU. Without IPv6, and with
 * no address, the node's own stack has nothing to say on them. A repetition finds them.
 */
const makeScript = `
quiet() {
  v6=/proc/sys/net/ipv6/conf/$1/disable_ipv6
  [ ! -e "$v6" ] || echo 1 >"$v6"
}
ip link show dev "$1" >/dev/null 2>&1 ||
  ip link add name "$1" type bridge forward_delay 0 stp_state 0 mcast_snooping 0
quiet "$1"
ip link show dev "$2" >/dev/null 2>&1 ||
  ip link add name "$2" mtu "$5" type veth peer name "$3" mtu "$5" netns "$4"
quiet "$2"
ip link set dev "$2" master "$1"
ip link set dev "$2" up
ip link set dev "$1" up
`;

/** $1 is the pair's inner end. */
const innerScript = `
v6=/proc/sys/net/ipv6/conf/$1/disable_ipv6
[ ! -e "$v6" ] || echo 1 >"$v6"
ip link set dev "$1" up
`;

const removeScript = `
for link in "$@"; do
  ip link show dev "$link" >/dev/null 2>&1 || continue
  ip link delete dev "$link" || ! ip link show dev "$link" >/dev/null 2>&1
done
`;

/** The names for a pod. They follow from its id, so that a crash leaves nothing unknown. */
export function relayOf(podId: string): Relay {
  const id = podId.slice(0, idChars);
  return { bridge: `fkb${id}`, hostEnd: `fkv${id}`, tap: `fkt${id}` };
}

/** Makes the relay to the interface `ifName` of a namespace. Repeating it is fine. */
export async function makeRelay(
  relay: Relay,
  inside: { readonly netnsPath: string; readonly ifName: string; readonly mtu: number },
  processes: ProcessRunner,
): Promise<void> {
  const { netnsPath, ifName } = inside;
  const mtu = String(inside.mtu);
  try {
    const { bridge, hostEnd } = relay;
    await shell(processes, makeScript, [bridge, hostEnd, innerEnd, netnsPath, mtu]);
    await runTool(processes, "nsenter", [
      `--net=${netnsPath}`,
      ...["/bin/sh", "-euc", innerScript, "frakti-relay", innerEnd],
    ]);
    await exchangeFrames([ifName, innerEnd, mtu], processes, netnsPath);
  } catch (error) {
    throw wrap(`Cannot make bridge "${relay.bridge}" to "${ifName}" in "${netnsPath}"`, error);
  }
}

/**
 * Takes the bridge out of the frames' way once the VM's tap is there: with br_netfilter, which
 * Kubernetes turns on, the node's packet filter would judge them there a second time.
 * @throws FraktiError Internal when there is no such tap: frames go on through the bridge.
 */
export async function shortenRelay(
  relay: Relay,
  mtu: number,
  processes: ProcessRunner,
): Promise<void> {
  await exchangeFrames([relay.hostEnd, relay.tap, String(mtu)], processes);
}

/** Takes a relay away, with a tap that the hypervisor left. Absence is success. */
export async function removeRelay(relay: Relay, processes: ProcessRunner): Promise<void> {
  try {
    await shell(processes, removeScript, [relay.tap, relay.hostEnd, relay.bridge]);
  } catch (error) {
    throw wrap(`Cannot remove bridge "${relay.bridge}"`, error);
  }
}

async function shell(
  processes: ProcessRunner,
  script: string,
  args: readonly string[],
): Promise<void> {
  await runTool(processes, "/bin/sh", ["-euc", script, "frakti-relay", ...args]);
}
