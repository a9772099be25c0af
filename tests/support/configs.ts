/**
 * Sandbox and container configurations in domain types, filled with what a client that asks for
 * nothing special sends. Tests override what they are about.
 */

import type {
  ContainerConfig,
  LinuxResources,
  NamespaceOptions,
  SandboxConfig,
  SandboxSecurity,
} from "../../src/engines/domain.ts";

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

export const podNamespaces: NamespaceOptions = {
  network: "pod",
  pid: "container",
  ipc: "pod",
  targetId: "",
};

/** A sandbox configuration; `security` fields override the defaults one by one. */
export function sandboxConfig(
  overrides: Partial<Omit<SandboxConfig, "security">> & {
    readonly security?: Partial<SandboxSecurity>;
  } = {},
): SandboxConfig {
  const { security, ...rest } = overrides;
  return {
    metadata: { name: "web", uid: "uid-1", namespace: "default", attempt: 0 },
    hostname: "web",
    logDirectory: "/var/log/pods/default_web_uid-1",
    portMappings: [],
    labels: {},
    annotations: {},
    cgroupParent: "",
    sysctls: {},
    ...rest,
    security: {
      namespaces: podNamespaces,
      readonlyRootfs: false,
      supplementalGroups: [],
      supplementalGroupsPolicy: "merge",
      privileged: false,
      ...security,
    },
  };
}

/** A container configuration of the image `image`. */
export function containerConfig(
  image: string,
  overrides: Partial<ContainerConfig> = {},
): ContainerConfig {
  return {
    metadata: { name: "main", attempt: 0 },
    image: { image, annotations: {}, userSpecifiedImage: image, runtimeHandler: "" },
    command: [],
    args: [],
    workingDir: "",
    envs: [],
    mounts: [],
    devices: [],
    labels: {},
    annotations: {},
    logPath: "main/0.log",
    stdin: false,
    stdinOnce: false,
    tty: false,
    resources: noResources,
    security: {
      capabilities: { add: [], drop: [], addAmbient: [] },
      privileged: false,
      runAsUsername: "",
      readonlyRootfs: false,
      supplementalGroups: [],
      supplementalGroupsPolicy: "merge",
      noNewPrivs: false,
    },
    cdiDevices: [],
    stopSignal: "",
    ...overrides,
  };
}

/** Credentials of a kubelet that has none. */
export const noAuth = {
  username: "",
  password: "",
  auth: "",
  serverAddress: "",
  identityToken: "",
  registryToken: "",
};
