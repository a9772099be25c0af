/**
 * What a guest is told once, after it has booted: its name, its network, its scratch disk, the files
 * that the pod's containers share, its sysctls.
 */

import type { GuestNetwork } from "../../network/mod.ts";
import type { SandboxConfig } from "../domain.ts";
import {
  type AgentConnection,
  configureNetwork,
  type GuestInterface,
  makeDirectory,
  mount,
  MountFlag,
  setTime,
  waitForDisk,
  writeFile,
} from "./agent/mod.ts";
import { diskMountData } from "./disk_image.ts";
import { guestPaths } from "./guest_paths.ts";

export interface GuestSetup {
  readonly config: SandboxConfig;
  readonly hostname: string;
  readonly resolvConf: string;
  readonly network: GuestNetwork;
  /** Addresses of the pod, for its hosts file. */
  readonly ips: readonly string[];
  readonly scratchTarget: number;
}

const diskTimeoutMs = 10_000;
/** Users of containers other than root read them too. */
const shared = { mode: 0o644 };
/** As Docker and containerd make it. */
const shmBytes = 64 * 1024 * 1024;
/** Three small files, of which a kubelet's own takes the place of one. */
const etcBytes = 1024 * 1024;

/** Sets a guest up; resolves when containers can be made. */
export async function setUpGuest(
  agent: AgentConnection,
  setup: GuestSetup,
  nowNs: () => bigint,
): Promise<void> {
  // The guest takes them one after another; nothing waits for an answer in between without need.
  await Promise.all([
    setTime(agent, nowNs()),
    setUpNetwork(agent, setup),
    mountScratch(agent, setup.scratchTarget),
    writeFiles(agent, setup),
    mountShm(agent),
  ]);
}

async function setUpNetwork(agent: AgentConnection, { network, config }: GuestSetup) {
  await configureNetwork(agent, interfaceOf(network));
  // After the interface is there: a pod's sysctls may name it.
  for (const [name, value] of Object.entries(config.sysctls)) {
    await writeFile(agent, sysctlPath(name), value);
  }
}

/** The guest has one interface beside its loopback. */
function interfaceOf(network: GuestNetwork): GuestInterface {
  return { name: "eth0", ...network };
}

async function mountScratch(agent: AgentConnection, target: number): Promise<void> {
  const source = await waitForDisk(agent, target, diskTimeoutMs);
  await makeDirectory(agent, guestPaths.disk);
  await mount(agent, {
    source,
    target: guestPaths.disk,
    type: "ext4",
    flags: MountFlag.noatime,
    data: diskMountData,
  });
}

async function writeFiles(
  agent: AgentConnection,
  { hostname, resolvConf, ips }: GuestSetup,
): Promise<void> {
  const writing = [
    writeFile(agent, "/proc/sys/kernel/hostname", hostname),
    // As kubelets set it on nodes: a limit is met by the control group, not by a failing allocation.
    writeFile(agent, "/proc/sys/vm/overcommit_memory", "1"),
    mountEtc(agent).then(() =>
      Promise.all([
        writeFile(agent, guestPaths.resolvConf, resolvConf, shared),
        writeFile(agent, guestPaths.hostname, `${hostname}\n`, shared),
        writeFile(agent, guestPaths.hosts, hostsFile(hostname, ips), shared),
      ])
    ),
  ];
  await Promise.all(writing);
}

/** One that a container fills leaves the guest's own /run alone. */
async function mountEtc(agent: AgentConnection): Promise<void> {
  await makeDirectory(agent, guestPaths.etc);
  await mount(agent, {
    source: "etc",
    target: guestPaths.etc,
    type: "tmpfs",
    flags: MountFlag.nosuid | MountFlag.nodev | MountFlag.noexec,
    data: `mode=0755,size=${etcBytes},nr_inodes=64`,
  });
}

async function mountShm(agent: AgentConnection): Promise<void> {
  await makeDirectory(agent, guestPaths.shm, 0o1777);
  await mount(agent, {
    source: "shm",
    target: guestPaths.shm,
    type: "tmpfs",
    flags: MountFlag.nosuid | MountFlag.nodev | MountFlag.noexec,
    data: `mode=1777,size=${shmBytes}`,
  });
}

/** For pods whose kubelet mounts none of its own. */
export function hostsFile(hostname: string, ips: readonly string[]): string {
  const lines = [
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    ...(hostname === "" ? [] : ips.map((ip) => `${ip}\t${hostname}`)),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * "net.ipv4.ip_forward" and "net/ipv4/ip_forward" → the file. Of the two separators the first one
 * counts; the other stands for a dot in a name (sysctl(8)).
 */
export function sysctlPath(name: string): string {
  const isPath = name[name.search(/[./]/)] === "/";
  const path = isPath ? name : name.replaceAll(/[./]/g, (char) => char === "." ? "/" : ".");
  return `/proc/sys/${path}`;
}
