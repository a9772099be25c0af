import assert from "node:assert/strict";
import {
  ContainerConfig,
  CreateContainerRequest,
  PodSandboxConfig,
  PodSandboxStatusResponse as LegacyStatusResponse,
} from "../generated/runtime/messages.ts";
import {
  AttachRequest,
  ContainerStatusResponse,
  ExecRequest,
  LinuxContainerSecurityContext,
  NamespaceMode,
  PodSandboxStatusResponse,
} from "../wire.ts";
import { runtime } from "./runtime.ts";
import { toContainerConfig, toPodSandboxConfig } from "./runtime_config.ts";

const { POD, CONTAINER, NODE } = NamespaceMode;

type PodInit = Parameters<typeof PodSandboxConfig.fromPartial>[0];
type ContainerInit = Parameters<typeof ContainerConfig.fromPartial>[0];

const pod = (init: PodInit) => toPodSandboxConfig(PodSandboxConfig.fromPartial(init));
const podContext = (init: PodInit) => pod(init).linux?.securityContext;

function containerContext(
  init: ContainerInit,
  annotations: readonly [string, string][] = [],
): LinuxContainerSecurityContext {
  const given = ContainerConfig.fromPartial({ metadata: { name: "main" }, ...init });
  const context = toContainerConfig(given, new Map(annotations)).linux?.securityContext;
  assert.ok(context !== undefined);
  return context;
}

/** Runs the adapter of a method, as the server does. */
function adapt(
  side: "requests" | "responses",
  key: string,
  message: unknown,
): unknown {
  const adapter = runtime.runtime[side][key];
  assert.ok(adapter !== undefined);
  return adapter(message as never);
}

Deno.test("booleans become namespace modes, and a PID namespace is private by default", () => {
  const cases: readonly [Record<string, boolean>, NamespaceMode[]][] = [
    [{}, [POD, CONTAINER, POD]],
    [{ hostNetwork: true }, [NODE, CONTAINER, POD]],
    [{ hostPid: true }, [POD, NODE, POD]],
    [{ hostIpc: true }, [POD, CONTAINER, NODE]],
  ];
  for (const [namespaceOptions, expected] of cases) {
    const options = podContext({ linux: { securityContext: { namespaceOptions } } })
      ?.namespaceOptions;
    assert.deepEqual([options?.network, options?.pid, options?.ipc], expected);
  }
});

Deno.test("a pod without any Linux part still has private PID namespaces", () => {
  assert.equal(podContext({})?.namespaceOptions?.pid, CONTAINER);
});

Deno.test("a container without namespace options is as its sandbox", () => {
  assert.equal(containerContext({}).namespaceOptions, undefined);
  const options = containerContext({
    linux: { securityContext: { namespaceOptions: { hostPid: true } } },
  }).namespaceOptions;
  assert.equal(options?.pid, NODE);
});

Deno.test("seccomp comes from the container's annotation, else from the pod's", () => {
  const podKey = "seccomp.security.alpha.kubernetes.io/pod";
  const mainKey = "container.seccomp.security.alpha.kubernetes.io/main";
  const cases: readonly [readonly [string, string][], string][] = [
    [[], ""],
    [[[podKey, "docker/default"]], "docker/default"],
    [[[podKey, "docker/default"], [mainKey, "unconfined"]], "unconfined"],
    [[[mainKey, "localhost/a/b.json"]], "localhost//var/lib/kubelet/seccomp/a/b.json"],
    [[["container.seccomp.security.alpha.kubernetes.io/other", "unconfined"]], ""],
  ];
  for (const [annotations, expected] of cases) {
    assert.equal(containerContext({}, annotations).seccompProfilePath, expected);
  }
});

Deno.test("the sandbox's own seccomp profile is read under the name POD", () => {
  const annotations = new Map([
    ["seccomp.security.alpha.kubernetes.io/pod", "docker/default"],
    ["container.seccomp.security.alpha.kubernetes.io/POD", "unconfined"],
  ]);
  assert.equal(podContext({ annotations })?.seccompProfilePath, "unconfined");
});

Deno.test("AppArmor comes from the container's annotation", () => {
  const key = "container.apparmor.security.beta.kubernetes.io/main";
  assert.equal(containerContext({}, [[key, "localhost/mine"]]).apparmorProfile, "localhost/mine");
});

Deno.test("fields that came after 1.6 win over annotations", () => {
  const context = containerContext(
    { linux: { securityContext: { seccompProfilePath: "unconfined", apparmorProfile: "x" } } },
    [
      ["container.seccomp.security.alpha.kubernetes.io/main", "docker/default"],
      ["container.apparmor.security.beta.kubernetes.io/main", "localhost/mine"],
    ],
  );
  assert.equal(context.seccompProfilePath, "unconfined");
  assert.equal(context.apparmorProfile, "x");
});

Deno.test("sysctls come from both annotations", () => {
  const annotations = new Map([
    ["security.alpha.kubernetes.io/sysctls", "kernel.shm_rmid_forced=1,net.a=2=3"],
    ["security.alpha.kubernetes.io/unsafe-sysctls", "kernel.msgmax=4"],
  ]);
  assert.deepEqual(
    pod({ annotations }).linux?.sysctls,
    new Map([["kernel.shm_rmid_forced", "1"], ["net.a", "2=3"], ["kernel.msgmax", "4"]]),
  );
});

Deno.test("a sysctl annotation without a value is refused", () => {
  const annotations = new Map([["security.alpha.kubernetes.io/sysctls", "kernel.msgmax"]]);
  assert.throws(() => pod({ annotations }), { code: "InvalidArgument" });
});

Deno.test("annotations stay as they are for the way back", () => {
  const annotations = new Map([["seccomp.security.alpha.kubernetes.io/pod", "unconfined"]]);
  assert.deepEqual(pod({ annotations }).annotations, annotations);
});

Deno.test("Exec and Attach without output streams get them, a terminal no second one", () => {
  for (const [key, type] of [["exec", ExecRequest], ["attach", AttachRequest]] as const) {
    const plain = adapt("requests", key, type.fromPartial({})) as ExecRequest;
    assert.deepEqual([plain.stdout, plain.stderr], [true, true]);
    const terminal = adapt("requests", key, type.fromPartial({ tty: true })) as ExecRequest;
    assert.deepEqual([terminal.stdout, terminal.stderr], [true, false]);
    const named = adapt("requests", key, type.fromPartial({ stderr: true })) as ExecRequest;
    assert.deepEqual([named.stdout, named.stderr], [false, true]);
  }
});

Deno.test("CreateContainer reads the annotations of the pod it is sent with", () => {
  const request = CreateContainerRequest.fromPartial({
    podSandboxId: "p",
    config: { metadata: { name: "main" } },
    sandboxConfig: {
      annotations: new Map([["seccomp.security.alpha.kubernetes.io/pod", "unconfined"]]),
    },
  });
  const adapted = adapt("requests", "createContainer", request) as {
    config: { linux: { securityContext: LinuxContainerSecurityContext } };
  };
  assert.equal(adapted.config.linux.securityContext.seccompProfilePath, "unconfined");
});

Deno.test("a status shows namespaces as booleans and one address", () => {
  const response = PodSandboxStatusResponse.fromPartial({
    status: {
      id: "s",
      network: { ip: "10.0.0.2", additionalIps: [{ ip: "fd00::2" }] },
      linux: { namespaces: { options: { network: NODE, pid: CONTAINER, ipc: POD } } },
    },
    timestamp: 5n,
  });
  const old = adapt("responses", "podSandboxStatus", response) as LegacyStatusResponse;
  const read = LegacyStatusResponse.decode(LegacyStatusResponse.encode(old).finish());
  assert.deepEqual(read.status?.linux?.namespaces?.options, {
    hostNetwork: true,
    hostPid: false,
    hostIpc: false,
  });
  assert.deepEqual(read.status?.network, { ip: "10.0.0.2" });
});

Deno.test("a container's status has no packed list for readers that refuse one", () => {
  const response = ContainerStatusResponse.fromPartial({
    status: { id: "c", user: { linux: { supplementalGroups: [1n] } } },
  });
  const old = adapt("responses", "containerStatus", response) as ContainerStatusResponse;
  assert.equal(old.status?.user, undefined);
  assert.equal(old.status?.id, "c");
});

Deno.test("its messages have no path lists, so the runtime's own stay", () => {
  assert.equal(runtime.traits.pathLists, false);
});
