/**
 * Daemons, files and configurations for the unit tests of this folder.
 */

import type {
  ContainerConfig,
  ContainerSecurity,
  LinuxResources,
  Mount,
  SandboxConfig,
  SandboxSecurity,
} from "../../domain.ts";
import { parseApiVersion } from "../client/api_version.ts";
import { type DockerInfo, readInfo } from "../client/system.ts";
import type { ContainerSpecFacts } from "./container_spec.ts";
import type { DaemonFacts, IgnoredField } from "./facts.ts";
import type { HostFiles } from "./host_files.ts";
import type { SandboxSpecFacts } from "./sandbox_spec.ts";

/** Every version that changed something frakti sends, and the newest. */
export const allApiVersions = [
  "1.24",
  "1.25",
  "1.32",
  "1.38",
  "1.40",
  "1.41",
  "1.43",
  "1.44",
  "1.52",
];

/** What a test's daemon says of itself. */
export function fakeInfo(change: Partial<DockerInfo> = {}): DockerInfo {
  return {
    ...readInfo({}),
    cgroupDriver: "cgroupfs",
    logDrivers: ["json-file", "local"],
    defaultRuntime: "runc",
    runtimes: [{ name: "runc", recursiveReadOnly: true }],
    securityOptions: ["seccomp"],
    swapLimit: true,
    ...change,
  };
}

/** Facts of a daemon that speaks `version`; ignored fields are collected. */
export function fakeFacts(
  version = "1.52",
  info: Partial<DockerInfo> = {},
): DaemonFacts & { readonly ignored: IgnoredField[] } {
  const apiVersion = parseApiVersion(version);
  if (apiVersion === undefined) throw new TypeError(`No version: ${version}`);
  const ignored: IgnoredField[] = [];
  return {
    apiVersion,
    info: fakeInfo(info),
    instanceId: "node-1",
    replayMaxSizeBytes: 20 * 1024 * 1024,
    ignored,
    onIgnored: (field) => ignored.push(field),
  };
}

export interface FakeHostFiles extends HostFiles {
  readonly links: Readonly<Record<string, string>>;
}

/** A host with these files (path → text) and symlinks (path → target). */
export function fakeFiles(
  texts: Readonly<Record<string, string>> = {},
  links: Readonly<Record<string, string>> = {},
): FakeHostFiles {
  return {
    links,
    realPath: (path) => Promise.resolve(links[path] ?? (path in texts ? path : undefined)),
    readText: (path) => Promise.resolve(texts[path]),
  };
}

/** Sandbox facts on a daemon. */
export function sandboxFacts(facts: DaemonFacts, files = fakeFiles()): SandboxSpecFacts {
  return { ...facts, pauseImage: "sha256:pause", files };
}

/** Container facts on a daemon. */
export function containerFacts(
  facts: DaemonFacts,
  change: Partial<ContainerSpecFacts> = {},
): ContainerSpecFacts {
  return {
    ...facts,
    sandboxId: "5a9d",
    sandboxConfig: fakeSandbox(),
    imageId: "sha256:image",
    files: fakeFiles(),
    ...change,
  };
}

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

const podNamespaces = { network: "pod", pid: "container", ipc: "pod", targetId: "" } as const;

/** A sandbox as a kubelet asks for it. */
export function fakeSandbox(
  change: Partial<SandboxConfig> = {},
  security: Partial<SandboxSecurity> = {},
): SandboxConfig {
  return {
    metadata: { name: "web", uid: "u-1", namespace: "default", attempt: 0 },
    hostname: "web",
    logDirectory: "/var/log/pods/default_web_u-1",
    portMappings: [],
    labels: { app: "web" },
    annotations: { note: "x" },
    cgroupParent: "/kubepods/pod1",
    sysctls: {},
    security: {
      namespaces: podNamespaces,
      readonlyRootfs: false,
      supplementalGroups: [],
      supplementalGroupsPolicy: "merge",
      privileged: false,
      seccomp: { type: "runtimeDefault" },
      ...security,
    },
    ...change,
  };
}

/** A container as a kubelet asks for it. */
export function fakeContainer(
  change: Partial<ContainerConfig> = {},
  security: Partial<ContainerSecurity> = {},
): ContainerConfig {
  return {
    metadata: { name: "nginx", attempt: 0 },
    image: { image: "sha256:image", annotations: {}, userSpecifiedImage: "", runtimeHandler: "" },
    command: [],
    args: [],
    workingDir: "",
    envs: [],
    mounts: [],
    devices: [],
    labels: {},
    annotations: {},
    logPath: "nginx/0.log",
    stdin: false,
    stdinOnce: false,
    tty: false,
    resources: noResources,
    cdiDevices: [],
    stopSignal: "",
    security: {
      capabilities: { add: [], drop: [], addAmbient: [] },
      privileged: false,
      namespaces: podNamespaces,
      runAsUsername: "",
      readonlyRootfs: false,
      supplementalGroups: [],
      supplementalGroupsPolicy: "merge",
      noNewPrivs: false,
      seccomp: { type: "runtimeDefault" },
      ...security,
    },
    ...change,
  };
}

/** A plain read-write mount. */
export function fakeMount(change: Partial<Mount> = {}): Mount {
  return {
    containerPath: "/data",
    hostPath: "/srv/data",
    readonly: false,
    selinuxRelabel: false,
    propagation: "private",
    uidMappings: [],
    gidMappings: [],
    recursiveReadOnly: false,
    imageSubPath: "",
    ...change,
  };
}
