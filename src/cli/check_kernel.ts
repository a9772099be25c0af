/**
 * The checks of what the kernel must offer: taps for VMs, control groups, seccomp, the file system
 * of Docker's images, the filter for bridged packets. Reads files of /proc and /sys only.
 */

import { type Check, type CheckResult, failure, ok, warning } from "./check.ts";
import type { Config } from "./config.ts";
import type { HostProbe } from "./host_probe.ts";

type KernelFiles = Pick<HostProbe, "stat" | "readText">;

/** Controllers without which limits of pods cannot be set; a kubelet does not start either. */
const controllers = ["cpu", "memory", "pids"];

const v2Controllers = "/sys/fs/cgroup/cgroup.controllers";

/** All checks about the kernel. */
export function kernelChecks(config: Config, host: KernelFiles): readonly Check[] {
  const hasVms = config.hypervisor.engine === "qemu";
  return [
    { name: "control groups", run: () => checkControlGroups(host) },
    { name: "seccomp", run: () => checkSeccomp(hasVms, host) },
    ...(hasVms ? [{ name: "taps", run: () => checkTaps(host) }] : []),
    ...(config.docker.enabled ? [{ name: "overlay", run: () => checkOverlay(host) }] : []),
    { name: "bridge filter", run: () => checkBridgeFilter(host) },
  ];
}

async function checkControlGroups(host: KernelFiles): Promise<CheckResult> {
  const v2 = await host.readText(v2Controllers);
  const there = v2 === undefined
    ? mountedOfV1(await host.readText("/proc/cgroups") ?? "")
    : v2.trim().split(/\s+/);
  const missing = controllers.filter((name) => !there.includes(name));
  const version = v2 === undefined ? "v1" : "v2";
  if (missing.length === 0) return ok(`${version} with ${controllers.join(", ")}`);
  if (v2 === undefined && missing.length === controllers.length) {
    return failure(
      "no control groups are mounted, pods cannot have limits",
      "mount -t cgroup2 none /sys/fs/cgroup (systemd does it)",
    );
  }
  return failure(
    `control groups ${version} lack ${missing.join(", ")}, pods cannot have these limits`,
    "Boot a kernel that has them, without cgroup_disable, and with cgroup_enable=memory where memory " +
      "is off by default",
  );
}

/** /proc/cgroups: name, hierarchy (0 = on none of v1), groups, enabled. */
function mountedOfV1(table: string): readonly string[] {
  return table.split("\n").map((line) => line.split(/\s+/))
    .filter(([, hierarchy, , enabled]) => hierarchy !== "0" && enabled === "1")
    .map(([name = ""]) => name);
}

async function checkSeccomp(hasVms: boolean, host: KernelFiles): Promise<CheckResult> {
  const actions = (await host.readText("/proc/sys/kernel/seccomp/actions_avail"))?.trim();
  if (actions !== undefined) {
    if (/\berrno\b/.test(actions)) return ok(actions);
  } else if (/^Seccomp:/m.test(await host.readText("/proc/self/status") ?? "")) {
    return ok("there; the kernel is too old to tell its actions");
  }
  const mend = "Boot a kernel with CONFIG_SECCOMP_FILTER, as distributions have";
  return hasVms
    ? failure("the kernel has no seccomp filters: QEMU, which runs confined, does not start", mend)
    : warning("the kernel has no seccomp filters: pods that ask for a profile do not start", mend);
}

async function checkTaps(host: KernelFiles): Promise<CheckResult> {
  if (await host.stat("/dev/net/tun") !== undefined) return ok('"/dev/net/tun"');
  return failure(
    '"/dev/net/tun" is missing: VMs get no network',
    "modprobe tun, and keep it in /etc/modules-load.d",
  );
}

async function checkOverlay(host: KernelFiles): Promise<CheckResult> {
  const known = await host.readText("/proc/filesystems") ?? "";
  if (/\boverlay$/m.test(known)) return ok("the kernel has it");
  return warning(
    "the kernel has no overlay file system loaded: Docker copies whole images for each container",
    "modprobe overlay, and keep it in /etc/modules-load.d (before dockerd starts)",
  );
}

async function checkBridgeFilter(host: KernelFiles): Promise<CheckResult> {
  const value = (await host.readText("/proc/sys/net/bridge/bridge-nf-call-iptables"))?.trim();
  if (value === "1") return ok("iptables sees bridged packets");
  return warning(
    "iptables does not see bridged packets: with a bridge network, Services and NetworkPolicies " +
      "may not hold between pods of this node",
    "modprobe br_netfilter, sysctl -w net.bridge.bridge-nf-call-iptables=1, and keep them in " +
      "/etc/modules-load.d and /etc/sysctl.d",
  );
}
