/** Puts together what `frakti check` asks of a node. Called by commands.ts. */

import { type Check, ok } from "./check.ts";
import { dockerChecks, type DockerProbe } from "./check_docker.ts";
import { hostChecks } from "./check_host.ts";
import { kernelChecks } from "./check_kernel.ts";
import { networkChecks, type NetworkProbe } from "./check_network.ts";
import { type VersionProbe, vmChecks } from "./check_vm.ts";
import type { Config } from "./config.ts";
import { probeDocker } from "./docker_probe.ts";
import { type HostProbe, probeVersion, systemHost } from "./host_probe.ts";

/** The configuration and where it came from. */
export interface LoadedConfig {
  readonly config: Config;
  readonly path: string;
  readonly hasFile: boolean;
}

/** Every check, in the order of the report. */
export function nodeChecks(
  { config, path, hasFile }: LoadedConfig,
  network: NetworkProbe,
  host: HostProbe = systemHost,
  docker: DockerProbe = probeDocker,
  version: VersionProbe = probeVersion,
): readonly Check[] {
  const source = hasFile ? `"${path}"` : `defaults, there is no "${path}"`;
  return [
    { name: "configuration", run: () => Promise.resolve(ok(source)) },
    ...hostChecks(config, host),
    ...kernelChecks(config, host),
    ...vmChecks(config, host, version),
    ...dockerChecks(config, docker, host, version),
    ...networkChecks(config, network),
  ];
}
