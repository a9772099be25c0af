/**
 * A container and facts for tests: the least that makes a configuration.
 */

import type { ContainerConfig, ContainerSecurity, LinuxResources, Mount } from "../../domain.ts";
import { type ContainerFacts, containerOci } from "./container.ts";
import type { OciConfig } from "./spec.ts";

export const noResources: LinuxResources = {
  cpuPeriod: 0n,
  cpuQuota: 0n,
  cpuShares: 0n,
  memoryLimitBytes: 0n,
  oomScoreAdj: 0n,
  cpusetCpus: "",
  cpusetMems: "",
  hugepageLimits: [],
  unified: {},
  memorySwapLimitBytes: 0n,
};

export const plainSecurity: ContainerSecurity = {
  capabilities: { add: [], drop: [], addAmbient: [] },
  privileged: false,
  runAsUsername: "",
  readonlyRootfs: false,
  supplementalGroups: [],
  supplementalGroupsPolicy: "merge",
  noNewPrivs: false,
};

export const plainContainer: ContainerConfig = {
  metadata: { name: "c", attempt: 0 },
  image: { image: "i", annotations: {}, userSpecifiedImage: "", runtimeHandler: "" },
  command: [],
  args: [],
  workingDir: "",
  envs: [],
  mounts: [],
  devices: [],
  labels: {},
  annotations: {},
  logPath: "",
  stdin: false,
  stdinOnce: false,
  tty: false,
  resources: noResources,
  security: plainSecurity,
  cdiDevices: [],
  stopSignal: "",
};

export const plainMount: Mount = {
  containerPath: "/data",
  hostPath: "/srv/data",
  readonly: false,
  selinuxRelabel: false,
  propagation: "private",
  uidMappings: [],
  gidMappings: [],
  recursiveReadOnly: false,
  imageSubPath: "",
};

export const plainFacts: ContainerFacts = {
  sandbox: {
    security: {
      namespaces: { network: "pod", pid: "container", ipc: "pod", targetId: "" },
      readonlyRootfs: false,
      supplementalGroups: [],
      supplementalGroupsPolicy: "merge",
      privileged: false,
    },
  },
  image: { entrypoint: [], cmd: ["/serve"], env: [], user: "", workingDir: "" },
  accounts: {},
  hostname: "pod-1",
  rootfs: "/run/frakti/c/1/rootfs",
  podFiles: {
    shm: "/run/frakti/shm",
    resolvConf: "/run/frakti/etc/resolv.conf",
    hosts: "/run/frakti/etc/hosts",
    hostname: "/run/frakti/etc/hostname",
  },
  volumes: [],
  imageVolumes: [],
  devices: [],
  seccomp: undefined,
  kernelRelease: "6.1.0-28-amd64",
  cgroupPath: "/pod/1",
  hugePageSizes: [],
};

/** The configuration of the plain container with changes. */
export function ociOf(
  config: Partial<ContainerConfig> = {},
  facts: Partial<ContainerFacts> = {},
): OciConfig {
  return containerOci({ ...plainContainer, ...config }, { ...plainFacts, ...facts }).config;
}

/** The same with changes of the security context. */
export function securedOci(
  security: Partial<ContainerSecurity>,
  facts: Partial<ContainerFacts> = {},
): OciConfig {
  return ociOf({ security: { ...plainSecurity, ...security } }, facts);
}
