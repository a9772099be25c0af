/**
 * The virtual machine itself: disks that were plugged in, the network, the clock, the end.
 */

import type { AgentCaller } from "../agent.ts";
import { Op, Tag, violation } from "../protocol.ts";

const devicePath = /^\/dev\/[A-Za-z0-9_.-]{1,64}$/;

/** Waits until the disk with this SCSI target is there; answers its path in the guest. */
export async function waitForDisk(
  agent: AgentCaller,
  scsiTarget: number,
  timeoutMs: number,
): Promise<string> {
  const fields = await agent.call({
    action: `Cannot find the disk at target ${scsiTarget} in the guest`,
    op: Op.device,
    fields: [[Tag.scsiTarget, scsiTarget], [Tag.timeoutMs, timeoutMs]],
    timeoutMs,
  });
  const path = fields.needText(Tag.path);
  if (!devicePath.test(path)) throw violation("answered a device outside /dev");
  return path;
}

/** Waits until the guest sees the disk no more. */
export async function waitForDiskGone(
  agent: AgentCaller,
  scsiTarget: number,
  timeoutMs: number,
): Promise<void> {
  await agent.call({
    action: `Cannot see the disk at target ${scsiTarget} leave the guest`,
    op: Op.device,
    fields: [[Tag.scsiTarget, scsiTarget], [Tag.timeoutMs, timeoutMs], [Tag.gone, 1]],
    timeoutMs,
  });
}

export interface GuestInterface {
  readonly name: string;
  /** "02:00:00:00:00:01"; the card's own unless given. */
  readonly mac?: string;
  readonly mtu: number;
  /** With the length of the prefix: "10.1.2.3/24". */
  readonly addresses: readonly string[];
  readonly routes: readonly {
    /** "0.0.0.0/0" is the default. */
    readonly destination: string;
    /** undefined = on the link. */
    readonly gateway?: string;
  }[];
}

/** Sets an interface up, and the loopback. */
export async function configureNetwork(
  agent: AgentCaller,
  { name, mac, mtu, addresses, routes }: GuestInterface,
): Promise<void> {
  await agent.call({
    action: `Cannot set up interface "${name}" in the guest`,
    op: Op.network,
    fields: [
      [Tag.interface, name],
      ...(mac === undefined ? [] : [[Tag.hardwareAddress, mac] as const]),
      [Tag.mtu, mtu],
      ...addresses.map((address) => [Tag.address, address] as const),
      ...routes.map(({ destination, gateway = "-" }) =>
        [Tag.route, `${destination} ${gateway}`] as const
      ),
    ],
  });
}

/** Sets the guest's clock when it is off. */
export async function setTime(agent: AgentCaller, hostTimeNs: bigint): Promise<void> {
  await agent.call({
    action: "Cannot set the time of the guest",
    op: Op.time,
    fields: [[Tag.hostTime, hostTimeNs]],
  });
}

/** Makes the pod's PID namespace; answers the pid, in the guest, of the process that holds it. */
export async function holdPidNamespace(agent: AgentCaller): Promise<number> {
  const fields = await agent.call({
    action: "Cannot make the PID namespace of the pod in the guest",
    op: Op.pidns,
    fields: [],
  });
  return fields.needNumber(Tag.pid, 0x7fff_ffff);
}

/** Ends everything in the guest and the VM with it. The answer comes before the end. */
export async function powerOff(agent: AgentCaller): Promise<void> {
  await agent.call({ action: "Cannot power the guest off", op: Op.poweroff, fields: [] });
}
