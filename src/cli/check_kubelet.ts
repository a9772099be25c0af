/**
 * Whether the kubelet's cgroup driver is Docker's: with different ones pods get limits in groups
 * that nobody is in. Reads the files that kubeadm and most distributions give a kubelet.
 */

import { describe } from "../lib/errors.ts";
import { type CheckResult, failure, ok, warning } from "./check.ts";
import type { HostProbe } from "./host_probe.ts";
import { parseYamlTree } from "./yaml_file.ts";

/** KubeletConfiguration, kubelet.config.k8s.io/v1beta1. */
const configFile = "/var/lib/kubelet/config.yaml";

/** Flags that kubeadm has a kubelet started with; they win over the file. */
const flagsFile = "/var/lib/kubelet/kubeadm-flags.env";

/** Of a KubeletConfiguration that does not name one. */
const defaultDriver = "cgroupfs";

interface KubeletDriver {
  readonly driver: string;
  readonly path: string;
}

/** The result for a Docker with `dockerDriver`. */
export async function checkKubeletDriver(
  host: Pick<HostProbe, "readText">,
  dockerDriver: string,
): Promise<CheckResult> {
  const known = `cgroup driver ${dockerDriver}`;
  let kubelet: KubeletDriver | undefined;
  try {
    kubelet = await findDriver(host);
  } catch (error) {
    return warning(
      `The kubelet's configuration cannot be read: ${describe(error)}`,
      `Mend "${configFile}"`,
    );
  }
  if (kubelet === undefined) return ok(`${known} (the kubelet's must be the same)`);
  const { driver, path } = kubelet;
  if (driver === dockerDriver) return ok(`${known}, the kubelet's too`);
  return failure(
    `cgroup driver is ${dockerDriver}, the kubelet's is ${driver} ("${path}")`,
    "Give the kubelet and dockerd (native.cgroupdriver) the same; kubelets from 1.28 on may ask " +
      "frakti (feature gate KubeletCgroupDriverFromCRI)",
  );
}

async function findDriver(host: Pick<HostProbe, "readText">): Promise<KubeletDriver | undefined> {
  const flags = await host.readText(flagsFile);
  const flag = /--cgroup-driver[= ]"?([a-z]+)/.exec(flags ?? "")?.[1];
  if (flag !== undefined) return { driver: flag, path: flagsFile };
  const text = await host.readText(configFile);
  if (text === undefined) return undefined;
  const { cgroupDriver } = parseYamlTree(text);
  if (cgroupDriver === undefined) return { driver: defaultDriver, path: configFile };
  return { driver: String(cgroupDriver), path: configFile };
}
