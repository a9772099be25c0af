/**
 * The checks about the machine itself: socket, directories, helper programs, forwarding,
 * ports, disk space. Used by check_node.ts.
 */

import { type Check, type CheckResult, failure, ok, warning } from "./check.ts";
import type { Config } from "./config.ts";
import { portChecks } from "./check_ports.ts";
import type { HostProbe } from "./host_probe.ts";

const gib = 2 ** 30;

/** Below this an image pull is likely to fail; a kubelet evicts pods at 10 % by default. */
const lowSpaceBytes = 5 * gib;
const noSpaceBytes = gib / 2;

/** Group and others must not look into these directories (CVE-2024-25621). */
const othersMask = 0o077;

/** Programs that frakti runs, and the Debian package each comes from. */
const programs: readonly (readonly [string, string])[] = [
  ["ip", "iproute2"],
  ["mount", "mount"],
  ["nsenter", "util-linux"],
  ["umount", "mount"],
];

/** All checks about the machine. */
export function hostChecks(config: Config, host: HostProbe): readonly Check[] {
  return [
    { name: "socket", run: () => checkSocket(config.listen, host) },
    { name: "root directory", run: () => checkDir(config.rootDirectory, host) },
    { name: "state directory", run: () => checkDir(config.stateDirectory, host) },
    { name: "programs", run: () => checkPrograms(host) },
    { name: "forwarding", run: () => checkForwarding(host) },
    ...portChecks(config, host, () => isRunning(config, host)),
    { name: "disk space", run: () => checkSpace(config.rootDirectory, host) },
  ];
}

async function checkSocket(path: string, host: HostProbe): Promise<CheckResult> {
  const there = await host.stat(path);
  if (there === undefined) {
    const dir = await nearestDir(path, host);
    if (!await host.isWritable(dir)) {
      return failure(
        `"${dir}" is not writable, no socket can be made`,
        "Set listen, or run as root",
      );
    }
    return ok(`"${path}" is free`);
  }
  if (!there.isSocket) {
    return failure(`"${path}" exists and is no socket`, "Remove it, or set listen to another path");
  }
  if (!await host.answers(path)) return ok(`"${path}" is a stale socket, frakti will replace it`);
  const owner = await host.socketOwner(path);
  if (owner === undefined) return ok(`somebody answers on "${path}"`);
  if (isFrakti(owner.command)) return ok(`frakti is running on "${path}" (pid ${owner.pid})`);
  const name = owner.command.split(" ")[0];
  return failure(
    `"${path}" belongs to "${name}" (pid ${owner.pid})`,
    "Stop that program, or set listen to another path",
  );
}

/** Run from a file called frakti, or by deno from the source. */
function isFrakti(command: string): boolean {
  return /(^|[/ ])(frakti|main\.ts)\b/.test(command);
}

async function checkDir(path: string, host: HostProbe): Promise<CheckResult> {
  const there = await host.stat(path);
  const dir = there === undefined ? await nearestDir(path, host) : path;
  if (there !== undefined && !there.isDirectory) {
    return failure(`"${path}" is no directory`, "Remove it, or name another directory");
  }
  if (!await host.isWritable(dir)) {
    return failure(`"${dir}" is not writable`, "Run as root, on a writable file system");
  }
  if (there === undefined) return ok(`"${path}" will be made`);
  const mode = (there.mode ?? 0) & 0o777;
  if ((mode & othersMask) !== 0) {
    return warning(
      `"${path}" has mode ${mode.toString(8)}, other users can look in`,
      `chmod 700 "${path}" (frakti does it at its next start)`,
    );
  }
  return ok(`"${path}"`);
}

/** The closest ancestor that exists. */
async function nearestDir(path: string, host: HostProbe): Promise<string> {
  let dir = parentOf(path);
  while (dir !== "/" && await host.stat(dir) === undefined) dir = parentOf(dir);
  return dir;
}

function parentOf(path: string): string {
  return path.replace(/\/+[^/]*\/*$/, "") || "/";
}

async function checkPrograms(host: HostProbe): Promise<CheckResult> {
  const found = await Promise.all(programs.map(([name]) => host.findProgram(name)));
  const missing = programs.filter((_, index) => found[index] === undefined);
  if (missing.length === 0) return ok(programs.map(([name]) => name).join(", "));
  const packages = [...new Set(missing.map(([, pkg]) => pkg))].join(" ");
  return failure(
    `not on PATH: ${missing.map(([name]) => name).join(", ")}`,
    `apt-get install ${packages}`,
  );
}

async function checkForwarding(host: HostProbe): Promise<CheckResult> {
  const value = (await host.readText("/proc/sys/net/ipv4/ip_forward"))?.trim();
  if (value !== "1") {
    return warning(
      "the kernel does not forward IPv4 packets, pods reach nothing outside the node",
      "sysctl -w net.ipv4.ip_forward=1, and keep it in /etc/sysctl.d (before dockerd starts)",
    );
  }
  // dockerd sets the policy when it is the one that turns forwarding on.
  if (await host.forwardPolicy() !== "DROP") return ok("IPv4 packets are forwarded");
  return warning(
    "iptables drops forwarded packets that no rule accepts (Docker sets that): pods may not be " +
      "reached from outside the node",
    "iptables -P FORWARD ACCEPT, and net.ipv4.ip_forward=1 in /etc/sysctl.d for the next boot; " +
      "a network add-on with rules of its own needs neither",
  );
}

async function isRunning(config: Config, host: HostProbe): Promise<boolean> {
  if (!await host.answers(config.listen)) return false;
  const owner = await host.socketOwner(config.listen);
  return owner !== undefined && isFrakti(owner.command);
}

async function checkSpace(path: string, host: HostProbe): Promise<CheckResult> {
  const dir = await host.stat(path) === undefined ? await nearestDir(path, host) : path;
  const { freeBytes, totalBytes } = await host.space(dir);
  const free = `${toGib(freeBytes)} of ${toGib(totalBytes)} GiB free at "${dir}"`;
  const mend = "Free some space, or move rootDirectory";
  if (freeBytes < noSpaceBytes) return failure(free, mend);
  return freeBytes < lowSpaceBytes ? warning(free, mend) : ok(free);
}

function toGib(size: number): string {
  return (size / gib).toFixed(1);
}
