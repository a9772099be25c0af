/**
 * The checks of the Docker Engine: does it answer, is its API new enough, which cgroup driver has
 * it, are its parts known to be vulnerable. Asks a probe; knows nothing of the docker engine room.
 */

import { describe } from "../lib/errors.ts";
import { type Check, type CheckResult, failure, ok, warning } from "./check.ts";
import { checkKubeletDriver } from "./check_kubelet.ts";
import type { VersionProbe } from "./check_vm.ts";
import type { HostProbe } from "./host_probe.ts";
import { compareVersions, describeVulnerability, vulnerabilities } from "./known_cves.ts";
import type { Config } from "./config.ts";

/** What an Engine says of itself. */
export interface DockerFacts {
  readonly version: string;
  readonly apiVersion: string;
  readonly cgroupDriver: string;
  /** Names in lower case ("runc", "containerd") and their versions; empty on old Engines. */
  readonly components: readonly { readonly name: string; readonly version: string }[];
  /** Names of the plugins that it asks whether a request is allowed. */
  readonly authorizationPlugins: readonly string[];
}

/** Asks the Engine behind the socket; rejects when it cannot be reached. */
export type DockerProbe = (socketPath: string) => Promise<DockerFacts>;

/** Docker 1.12, what Frakti v0.1 was tested with. */
const minApiVersion = "1.24";

/** The checks about Docker; they share one answer of the Engine. */
export function dockerChecks(
  config: Config,
  probe: DockerProbe,
  host: Pick<HostProbe, "readText">,
  version: VersionProbe,
): readonly Check[] {
  const { enabled, socketPath, cgroupDriver } = config.docker;
  if (!enabled) {
    return [{ name: "docker", run: () => Promise.resolve(ok("disabled by docker.enabled")) }];
  }
  return [{
    name: "docker",
    async run() {
      let facts: DockerFacts;
      try {
        facts = await probe(socketPath);
      } catch (error) {
        return failure(
          describe(error),
          "Start the Docker Engine, set docker.endpoint, or set docker.enabled to false",
        );
      }
      return [
        checkApi(facts),
        checkWantedDriver(facts, cgroupDriver) ??
          await checkKubeletDriver(host, version, facts.cgroupDriver),
        ...[{ name: "dockerd", version: facts.version }, ...facts.components]
          .flatMap(({ name, version }) => checkComponent(name, version, facts)),
      ];
    },
  }];
}

function checkApi({ version, apiVersion }: DockerFacts): CheckResult {
  const name = `Engine ${version}, API ${apiVersion}`;
  if (compareVersions(apiVersion, minApiVersion) < 0) {
    return failure(`${name} is older than API ${minApiVersion}`, "Update Docker to 1.12 or later");
  }
  return ok(name);
}

function checkWantedDriver(facts: DockerFacts, wanted: string): CheckResult | undefined {
  if (wanted === "auto" || wanted === facts.cgroupDriver) return undefined;
  return failure(
    `cgroup driver is ${facts.cgroupDriver}, docker.cgroupDriver says ${wanted}`,
    "Set docker.cgroupDriver to auto, or native.cgroupdriver of dockerd to the same",
  );
}

function checkComponent(
  name: string,
  version: string,
  { authorizationPlugins }: DockerFacts,
): readonly CheckResult[] {
  return vulnerabilities(name, version)
    .filter(({ needs }) => needs === undefined || authorizationPlugins.length > 0)
    .map((found) => {
      const { message, mend } = describeVulnerability(version, found);
      return warning(message, mend);
    });
}
