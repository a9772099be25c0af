/**
 * The checks of what VMs need: QEMU, the guest's files, the tools that make images. Looks at files
 * and programs only; knows nothing of the engine room.
 */

import { type Check, type CheckResult, failure, ok, warning } from "./check.ts";
import { compareVersions, describeVulnerability, vulnerabilities } from "./known_cves.ts";
import type { Config } from "./config.ts";
import type { HostProbe } from "./host_probe.ts";

/** Runs `PROGRAM --version`; its first line, undefined when the program is missing or fails. */
export type VersionProbe = (program: string) => Promise<string | undefined>;

/** What the engine was tested with (Debian 12); older ones lack options that it uses. */
const minQemuVersion = "7.2";

/** Programs that make images for VMs, and the Debian package each comes from. */
const tools: readonly (readonly [string, string])[] = [
  ["skopeo", "skopeo"],
  ["umoci", "umoci"],
  ["mkfs.erofs", "erofs-utils"],
  ["mkfs.ext4", "e2fsprogs"],
  ["setpriv", "util-linux"],
  ["unshare", "util-linux"],
  ["tc", "iproute2"],
];

const seccompProfile = "/usr/share/containers/seccomp.json";

/** The checks about VMs; none when pods do not run in ours. */
export function vmChecks(
  config: Config,
  host: HostProbe,
  version: VersionProbe,
  arch: string = Deno.build.arch,
): readonly Check[] {
  if (config.hypervisor.engine !== "qemu") return [];
  if (arch !== "x86_64") return [{ name: "architecture", run: () => wrongArch(arch) }];
  const { qemu } = config;
  return [
    { name: "qemu", run: () => checkQemu(qemu.binary, version) },
    { name: "guest", run: () => checkGuest([qemu.kernel, qemu.initrd], host) },
    { name: "image tools", run: () => checkTools(host, version) },
    { name: "seccomp profile", run: () => checkSeccomp(host) },
  ];
}

function wrongArch(arch: string): Promise<CheckResult> {
  return Promise.resolve(failure(
    `VMs need an x86_64 machine, this one is ${arch}`,
    "Set hypervisor.engine to none: every pod runs in Docker then",
  ));
}

async function checkQemu(binary: string, version: VersionProbe): Promise<CheckResult> {
  const line = await version(binary);
  const found = line === undefined ? undefined : /version (\d+\.\d+(?:\.\d+)?)/.exec(line)?.[1];
  if (found === undefined) {
    return failure(
      `"${binary}" is missing or does not run`,
      "apt-get install qemu-system-x86, or set qemu.binary",
    );
  }
  if (compareVersions(found, minQemuVersion) < 0) {
    return failure(`QEMU ${found} is older than ${minQemuVersion}`, "Update QEMU");
  }
  return ok(`QEMU ${found}`);
}

const reinstall = "Run scripts/build-guest.sh and install.sh, or set qemu.kernel and qemu.initrd";

async function checkGuest(paths: readonly string[], host: HostProbe): Promise<CheckResult> {
  for (const path of paths) {
    const info = await host.stat(path);
    if (info === undefined || info.isDirectory) {
      return failure(`guest file "${path}" is missing`, reinstall);
    }
  }
  const [kernel = ""] = paths;
  const factsPath = `${kernel.slice(0, kernel.lastIndexOf("/"))}/guest.json`;
  const sums = checksumsOf(await host.readText(factsPath));
  if (sums === undefined) {
    return failure(`"${factsPath}" is missing or does not describe a guest`, reinstall);
  }
  for (const path of paths) {
    const wanted = sums.get(path.slice(path.lastIndexOf("/") + 1));
    // A file of another name is the operator's own.
    if (wanted !== undefined && wanted !== await host.sha256(path)) {
      return failure(`"${path}" is not the file that "${factsPath}" describes`, reinstall);
    }
  }
  return ok(paths.map((path) => `"${path}"`).join(" and "));
}

/** File name to SHA-256, from the text of guest.json; undefined when it has none. */
function checksumsOf(text: string | undefined): ReadonlyMap<string, string> | undefined {
  if (text === undefined) return undefined;
  let facts: unknown;
  try {
    facts = JSON.parse(text);
  } catch {
    return undefined; // What is wrong with it does not matter: it is to be installed again.
  }
  if (typeof facts !== "object" || facts === null || !("sha256" in facts)) return undefined;
  return new Map(
    Object.entries(Object(facts.sha256)).map(([name, sum]) => [name, String(sum)]),
  );
}

async function checkTools(
  host: HostProbe,
  version: VersionProbe,
): Promise<CheckResult | readonly CheckResult[]> {
  const found = await Promise.all(tools.map(([name]) => host.findProgram(name)));
  const missing = tools.filter((_, index) => found[index] === undefined);
  if (missing.length === 0) {
    const all = ok(tools.map(([name]) => name).join(", "));
    const skopeo = /\d+\.\d+\S*/.exec(await version("skopeo") ?? "")?.[0] ?? "";
    return [
      all,
      ...vulnerabilities("skopeo", skopeo).map((found) => {
        const { message, mend } = describeVulnerability(skopeo, found);
        return warning(message, mend);
      }),
    ];
  }
  const packages = [...new Set(missing.map(([, name]) => name))].join(" ");
  return failure(
    `not on PATH: ${missing.map(([name]) => name).join(", ")}`,
    `apt-get install ${packages}`,
  );
}

async function checkSeccomp(host: HostProbe): Promise<CheckResult> {
  if (await host.stat(seccompProfile) !== undefined) return ok(`"${seccompProfile}"`);
  return failure(
    `"${seccompProfile}" is missing: containers with the default seccomp profile are refused`,
    "apt-get install golang-github-containers-common",
  );
}
