/**
 * Whether the kubelet's cgroup driver is Docker's: with different ones pods get limits in groups
 * that nobody is in. Kubelets since 1.31 ask frakti and ignore their own setting (KEP-4033), those
 * before go by the files that kubeadm and most distributions give them.
 */

import { describe } from "../lib/errors.ts";
import { type CheckResult, failure, ok, warning } from "./check.ts";
import type { VersionProbe } from "./check_vm.ts";
import type { HostProbe } from "./host_probe.ts";
import { compareVersions } from "./known_cves.ts";
import { parseYamlTree } from "./yaml_file.ts";

/** KubeletConfiguration, kubelet.config.k8s.io/v1beta1. */
const configFile = "/var/lib/kubelet/config.yaml";

/**
 * Flags that a kubelet of kubeadm's is started with, in the order of its command line (its unit's
 * drop-in): the last wins, and any over the file. The operator's own stand in the later ones.
 */
const flagsFiles = [
  "/var/lib/kubelet/kubeadm-flags.env",
  "/etc/default/kubelet",
  "/etc/sysconfig/kubelet",
] as const;

/** Of a KubeletConfiguration that does not name one. */
const defaultDriver = "cgroupfs";

/** With it a kubelet asks the runtime: alpha in 1.28, on by default from 1.31. */
const gateName = "KubeletCgroupDriverFromCRI";
const gateSince = "1.28";
const gateDefaultSince = "1.31";

/** What the files say. */
interface KubeletSettings {
  readonly driver: string;
  /** The file that names the driver, or leaves it to the default. */
  readonly path: string;
  /** The feature gate; undefined where no file sets it. */
  readonly gate: boolean | undefined;
}

const mend = "Give the kubelet and dockerd (native.cgroupdriver) the same; kubelets since " +
  `${gateDefaultSince} ask frakti, from ${gateSince} on with the feature gate ${gateName}`;

/** The result for a Docker with `dockerDriver`; the kubelet's version is asked of `version`. */
export async function checkKubeletDriver(
  host: Pick<HostProbe, "readText">,
  version: VersionProbe,
  dockerDriver: string,
): Promise<CheckResult> {
  const known = `cgroup driver ${dockerDriver}`;
  let kubelet: KubeletSettings | undefined;
  try {
    kubelet = await readSettings(host);
  } catch (error) {
    return warning(
      `The kubelet's configuration cannot be read: ${describe(error)}`,
      `Mend "${configFile}"`,
    );
  }
  if (kubelet === undefined) return ok(`${known} (the kubelet's must be the same)`);
  const { driver, path, gate } = kubelet;
  if (driver === dockerDriver) return ok(`${known}, the kubelet's too`);
  const release = /\bv(\d+\.\d+)/.exec(await version("kubelet") ?? "")?.[1];
  const asks = asksRuntime(release, gate);
  if (asks === true) return ok(`${known}; kubelet ${release} asks frakti for it`);
  const differs = `cgroup driver is ${dockerDriver}, the kubelet's is ${driver} ("${path}")`;
  if (asks === false) return failure(differs, mend);
  const condition = gate === true ? gateSince : gateDefaultSince;
  return warning(
    `${differs}: wrong for a kubelet before ${condition}, ignored by later ones`,
    mend,
  );
}

/** Does such a kubelet take the driver from frakti? undefined when that is not certain. */
function asksRuntime(release: string | undefined, gate: boolean | undefined): boolean | undefined {
  if (gate === false) return false;
  if (release === undefined) return undefined;
  return compareVersions(release, gate === true ? gateSince : gateDefaultSince) >= 0;
}

async function readSettings(
  host: Pick<HostProbe, "readText">,
): Promise<KubeletSettings | undefined> {
  const driverFlag = await lastFlag(host, /--cgroup-driver[= ]"?([a-z]+)/g);
  const gatePattern = new RegExp(`--feature-gates[= ]\\S*${gateName}=(true|false)`, "g");
  const gateFlag = (await lastFlag(host, gatePattern))?.value;
  const text = await host.readText(configFile);
  const { cgroupDriver, featureGates } = text === undefined ? {} : parseYamlTree(text);
  const gateValue = gateFlag ?? Object(featureGates)[gateName];
  const gate = gateValue === undefined ? undefined : String(gateValue) === "true";
  if (driverFlag !== undefined) return { driver: driverFlag.value, path: driverFlag.path, gate };
  if (text === undefined) return undefined;
  return { driver: String(cgroupDriver ?? defaultDriver), path: configFile, gate };
}

/** What the last flag of that form says, and the file it stands in. */
async function lastFlag(
  host: Pick<HostProbe, "readText">,
  pattern: RegExp,
): Promise<{ readonly value: string; readonly path: string } | undefined> {
  let last: { readonly value: string; readonly path: string } | undefined;
  for (const path of flagsFiles) {
    const text = (await host.readText(path) ?? "").replace(/^\s*#.*$/gm, "");
    const value = [...text.matchAll(pattern)].at(-1)?.[1];
    if (value !== undefined) last = { value, path };
  }
  return last;
}
