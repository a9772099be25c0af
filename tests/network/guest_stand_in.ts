/**
 * A VM's guest without a VM: a network namespace behind a veth that stands where QEMU's tap does,
 * set up as a guest is told to by its NETWORK request. What reaches it went the whole way from the
 * CNI interface across the redirection.
 */

import { systemProcesses } from "../../src/lib/process.ts";
import { type Attachment, type GuestNetwork, joinTap, tapName } from "../../src/network/mod.ts";
import type { Fixture, TestPod } from "./support.ts";
import { makePod, runInPod } from "./support.ts";
import { run } from "../support/mod.ts";

/** A pod, attached and joined, with its guest. */
export interface GuestPod extends AsyncDisposable {
  readonly pod: TestPod;
  readonly attachment: Attachment;
  readonly guest: GuestNetwork;
  /** The guest as something to run programs in. */
  readonly inside: TestPod;
  /** The first address of a family, without prefix. */
  address(family?: 4 | 6): string;
}

export async function startGuest(
  fixture: Fixture,
  more: Partial<TestPod["request"]> = {},
): Promise<GuestPod> {
  const pod = await makePod(fixture, more);
  const inside = await makePod(fixture);
  // As makeTap does: the namespace's stack is silent on the tap.
  const script = `
    ip link add ${tapName} type veth peer name guest0
    echo 1 >/proc/sys/net/ipv6/conf/${tapName}/disable_ipv6
    ip link set ${tapName} up`;
  await runInPod(pod, "/bin/sh", "-euc", script);
  await run("nsenter", [
    `--net=${pod.netns}`,
    ...["ip", "link", "set", "dev", "guest0", "netns", inside.netns],
  ]);
  const attachment = await fixture.network.attach(pod.request);
  const guest = await joinTap(pod.netns, "eth0", systemProcesses);
  await runInPod(inside, "/bin/sh", "-euc", guestScript(guest));
  return {
    pod,
    attachment,
    guest,
    inside,
    address: (family = 4) => attachment.ips.find((ip) => ip.family === family)?.address ?? "",
    async [Symbol.asyncDispose]() {
      await inside[Symbol.asyncDispose]();
      await pod[Symbol.asyncDispose]();
    },
  };
}

/** What the guest's PID 1 does with NETWORK (src/engines/qemu/guest/PROTOCOL.md). */
function guestScript({ mac, mtu, addresses, routes }: GuestNetwork): string {
  const lines = [`ip link set guest0 name eth0 address ${mac} mtu ${mtu} up`];
  for (const address of addresses) {
    const options = address.includes(":") ? "nodad" : "";
    lines.push(`ip address add ${address} dev eth0 ${options}`);
  }
  for (const { destination, gateway } of routes) {
    const scope = destination.includes(":") ? "" : "scope link";
    const way = gateway === undefined ? scope : `via ${gateway}`;
    lines.push(`ip route add ${destination} dev eth0 ${way}`);
  }
  return lines.join("\n");
}
