import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../../lib/errors.ts";
import type { ContainerConfig, ContainerSecurity } from "../../domain.ts";
import type { ContainerCreateBody } from "../client/bodies.ts";
import { parseApiVersion } from "../client/api_version.ts";
import { containerSpec } from "./container_spec.ts";
import {
  allApiVersions,
  containerFacts,
  fakeContainer,
  fakeFacts,
  fakeFiles,
  fakeMount,
  fakeSandbox,
  noResources,
} from "./fake_facts.ts";
import { newerFields } from "./field_versions.ts";

const encoder = new TextEncoder();
const files = fakeFiles({ "/srv/data": "", "/dev/fuse": "", "/profile.json": '{ "a": 1 }' });

function spec(
  change: Partial<ContainerConfig> = {},
  security: Partial<ContainerSecurity> = {},
  version = "1.52",
): Promise<ContainerCreateBody> {
  return containerSpec(
    fakeContainer(change, security),
    containerFacts(fakeFacts(version), { files }),
  );
}

/** A container that uses whatever its engine's version allows. */
function everything(version: string): ContainerConfig {
  const minor = parseApiVersion(version)?.minor ?? 0;
  return fakeContainer({
    command: ["a"],
    args: ["b"],
    workingDir: "/w",
    envs: [{ key: "K", value: encoder.encode("v") }],
    mounts: [
      fakeMount(),
      fakeMount({ containerPath: "/a", readonly: true }),
      fakeMount({ containerPath: "/b", propagation: "bidirectional" }),
      ...(minor >= 44
        ? [fakeMount({ containerPath: "/c", readonly: true, recursiveReadOnly: true })]
        : []),
    ],
    devices: [{ hostPath: "/dev/fuse", containerPath: "/dev/fuse", permissions: "rwm" }],
    cdiDevices: minor >= 44 ? ["vendor.com/gpu=0"] : [],
    stopSignal: "SIGUSR1",
    stdin: true,
    stdinOnce: true,
    tty: true,
    resources: {
      ...noResources,
      cpuPeriod: 100000n,
      cpuQuota: 50000n,
      cpuShares: 512n,
      cpusetCpus: "0-1",
      cpusetMems: "0",
      memoryLimitBytes: 64n << 20n,
      memorySwapLimitBytes: 128n << 20n,
      oomScoreAdj: 999n,
    },
  }, {
    capabilities: { add: ["NET_ADMIN"], drop: ["ALL"], addAmbient: [] },
    namespaces: { network: "pod", pid: "pod", ipc: "pod", targetId: "" },
    runAsUser: 1n,
    runAsGroup: 2n,
    supplementalGroups: [3n],
    noNewPrivs: true,
    readonlyRootfs: true,
    maskedPaths: ["/proc/kcore"],
    readonlyPaths: ["/proc/sys"],
    seccomp: { type: "localhost", localhostRef: "/profile.json" },
    selinux: { user: "u", role: "r", type: "t", level: "s0" },
  });
}

for (const version of allApiVersions) {
  Deno.test(`containerSpec sends no field newer than API ${version}`, async () => {
    const info = { cdiSpecDirs: ["/etc/cdi"], securityOptions: ["seccomp", "selinux", "userns"] };
    const facts = fakeFacts(version, info);
    const body = await containerSpec(everything(version), containerFacts(facts, { files }));
    assert.deepEqual(newerFields(body, facts.apiVersion), []);
  });
}

Deno.test("newerFields names a field that came later and one that nobody knows", () => {
  const body = { Image: "x", Typo: 1, HostConfig: { IpcMode: "shareable", MaskedPaths: [] } };
  assert.deepEqual(newerFields(body, { major: 1, minor: 24 }), [
    "Typo",
    "HostConfig.IpcMode=shareable",
    "HostConfig.MaskedPaths",
  ]);
  assert.deepEqual(newerFields(body, { major: 1, minor: 38 }), ["Typo"]);
});

Deno.test("a plain container joins its sandbox and restarts never", async () => {
  const body = await spec();
  assert.deepEqual(body, {
    Image: "sha256:image",
    Labels: {
      "io.frakti.instance": "node-1",
      "io.frakti.kind": "container",
      "io.kubernetes.docker.type": "container",
      "io.kubernetes.sandbox.id": "5a9d",
    },
    Env: [],
    OpenStdin: false,
    StdinOnce: false,
    Tty: false,
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      NetworkMode: "container:5a9d",
      IpcMode: "container:5a9d",
      CgroupParent: "/kubepods/pod1",
      OomScoreAdj: 0,
      SecurityOpt: [],
      LogConfig: {
        Type: "local",
        Config: { "max-size": "10485760", "max-file": "2", compress: "false" },
      },
      RestartPolicy: { Name: "no" },
    },
  });
});

Deno.test("a command replaces the entrypoint and blanks the image's arguments", async () => {
  const body = await spec({ command: ["sh"], args: [] });
  assert.deepEqual([body.Entrypoint, body.Cmd], [["sh"], []]);
});

Deno.test("arguments alone leave the image's entrypoint", async () => {
  const body = await spec({ args: ["-x"] });
  assert.deepEqual([body.Entrypoint, body.Cmd], [undefined, ["-x"]]);
});

Deno.test("neither command nor arguments leave both to the image", async () => {
  const body = await spec();
  assert.deepEqual([body.Entrypoint, body.Cmd], [undefined, undefined]);
});

Deno.test("a container without a log path keeps no log", async () => {
  assert.equal((await spec({ logPath: "" })).HostConfig.LogConfig?.Type, "none");
});

Deno.test("a sandbox without a log directory keeps no log", async () => {
  const facts = containerFacts(fakeFacts(), { sandboxConfig: fakeSandbox({ logDirectory: "" }) });
  assert.equal((await containerSpec(fakeContainer(), facts)).HostConfig.LogConfig?.Type, "none");
});

Deno.test("an engine without driver local keeps logs as json-file", async () => {
  const facts = containerFacts(fakeFacts("1.24", { logDrivers: [] }));
  assert.deepEqual((await containerSpec(fakeContainer(), facts)).HostConfig.LogConfig, {
    Type: "json-file",
    Config: { "max-size": "10485760", "max-file": "2" },
  });
});

Deno.test("namespaces fall back to the sandbox's", async () => {
  const sandboxConfig = fakeSandbox({}, {
    namespaces: { network: "node", pid: "node", ipc: "node", targetId: "" },
  });
  const { namespaces: _none, ...security } = fakeContainer().security;
  const config = { ...fakeContainer(), security };
  const body = await containerSpec(config, containerFacts(fakeFacts(), { sandboxConfig }));
  const { NetworkMode, PidMode, IpcMode, UTSMode } = body.HostConfig;
  assert.deepEqual([NetworkMode, PidMode, IpcMode, UTSMode], [
    "container:5a9d",
    "host",
    "host",
    "host",
  ]);
});

Deno.test("PID mode TARGET joins the target's container", async () => {
  const namespaces = { network: "pod", pid: "target", ipc: "pod", targetId: "t" } as const;
  const facts = containerFacts(fakeFacts(), { targetContainer: "71ee" });
  const body = await containerSpec(fakeContainer({}, { namespaces }), facts);
  assert.equal(body.HostConfig.PidMode, "container:71ee");
});

Deno.test("PID mode POD joins the sandbox's", async () => {
  const namespaces = { network: "pod", pid: "pod", ipc: "pod", targetId: "" } as const;
  assert.equal((await spec({}, { namespaces })).HostConfig.PidMode, "container:5a9d");
});

Deno.test("privileged wins over seccomp, masked and read-only paths", async () => {
  const body = await spec({}, {
    privileged: true,
    seccomp: { type: "localhost", localhostRef: "/profile.json" },
    maskedPaths: ["/proc/kcore"],
    readonlyPaths: [],
  });
  assert.equal(body.HostConfig.Privileged, true);
  assert.deepEqual(body.HostConfig.SecurityOpt, ["seccomp=unconfined"]);
  assert.equal("MaskedPaths" in body.HostConfig, false);
  assert.equal("ReadonlyPaths" in body.HostConfig, false);
});

Deno.test("an empty list of masked paths is sent as such", async () => {
  const body = await spec({}, { maskedPaths: [], readonlyPaths: [] });
  assert.deepEqual(body.HostConfig.MaskedPaths, []);
  assert.deepEqual(body.HostConfig.ReadonlyPaths, []);
});

Deno.test("a relative working directory is refused", async () => {
  await assert.rejects(spec({ workingDir: "w" }), (error) => hasCode(error, "InvalidArgument"));
});

Deno.test("any container of a kubelet's form makes a body that its engine knows", async () => {
  const id = fc.bigInt({ min: 0n, max: 70000n });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...allApiVersions),
      fc.record({
        tty: fc.boolean(),
        stdin: fc.boolean(),
        privileged: fc.boolean(),
        masked: fc.option(fc.subarray(["/proc/kcore", "/proc/acpi"]), { nil: undefined }),
        user: fc.option(id, { nil: undefined }),
        groups: fc.array(id, { maxLength: 3 }),
        propagation: fc.constantFrom("private", "hostToContainer", "bidirectional"),
        readonly: fc.boolean(),
        add: fc.subarray(["ALL", "CAP_SYS_ADMIN", "net_raw"]),
        labels: fc.dictionary(fc.string(), fc.string()),
      }),
      async (version, draw) => {
        const config = fakeContainer({
          tty: draw.tty,
          stdin: draw.stdin,
          labels: draw.labels,
          mounts: [fakeMount({ propagation: draw.propagation, readonly: draw.readonly })],
        }, {
          privileged: draw.privileged,
          supplementalGroups: draw.groups,
          capabilities: { add: draw.add, drop: [], addAmbient: [] },
          ...(draw.user === undefined ? {} : { runAsUser: draw.user }),
          ...(draw.masked === undefined ? {} : { maskedPaths: draw.masked }),
        });
        const facts = fakeFacts(version);
        const body = await containerSpec(config, containerFacts(facts, { files }));
        assert.deepEqual(newerFields(body, facts.apiVersion), []);
      },
    ),
    { numRuns: 60 },
  );
});
