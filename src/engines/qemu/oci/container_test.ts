import assert from "node:assert/strict";
import { describe, type ErrorCode, hasCode } from "../../../lib/errors.ts";
import type { NamespaceOptions } from "../../domain.ts";
import { noLimit } from "./json.ts";
import { noResources, ociOf, plainFacts, plainMount, securedOci } from "./test_facts.ts";

function refuses(code: ErrorCode, message: RegExp, make: () => unknown): void {
  assert.throws(make, (error) => {
    assert.match(describe(error), message);
    return hasCode(error, code);
  });
}

Deno.test("a container that asks for nothing has the usual process, root and namespaces", () => {
  const oci = ociOf();
  assert.deepEqual(oci.process.args, ["/serve"]);
  assert.deepEqual(oci.process.user, { uid: 0, gid: 0, additionalGids: [0] });
  assert.equal(oci.process.cwd, "/");
  assert.equal(oci.process.terminal, false);
  assert.equal(oci.process.noNewPrivileges, false);
  assert.equal(oci.process.oomScoreAdj, 0);
  assert.deepEqual(oci.root, { path: "/run/frakti/c/1/rootfs", readonly: false });
  assert.deepEqual(oci.linux.namespaces, [{ type: "mount" }, { type: "cgroup" }, { type: "pid" }]);
  assert.equal(oci.linux.cgroupsPath, "/pod/1");
  assert.equal(oci.linux.seccomp, undefined);
  assert.deepEqual(oci.linux.resources, { devices: [{ allow: false, access: "rwm" }] });
});

Deno.test("command replaces the entrypoint and the image's arguments, args the arguments alone", () => {
  const image = { ...plainFacts.image, entrypoint: ["/init"], cmd: ["-v"] };
  const cases: readonly (readonly [readonly string[], readonly string[], readonly string[]])[] = [
    [[], [], ["/init", "-v"]],
    [[], ["-x"], ["/init", "-x"]],
    [["/sh"], [], ["/sh"]],
    [["/sh"], ["-c", "ls"], ["/sh", "-c", "ls"]],
  ];
  for (const [command, args, words] of cases) {
    assert.deepEqual(ociOf({ command, args }, { image }).process.args, words);
  }
});

Deno.test("a command that cannot be run is refused", () => {
  const image = { ...plainFacts.image, cmd: [] };
  refuses("InvalidArgument", /says what to run/, () => ociOf({}, { image }));
  refuses("InvalidArgument", /zero byte/, () => ociOf({ command: ["a\0b"] }));
});

Deno.test("the working directory is the container's, else the image's, else the root", () => {
  const image = (workingDir: string) => ({ image: { ...plainFacts.image, workingDir } });
  assert.equal(ociOf({ workingDir: "/w" }, image("/i")).process.cwd, "/w");
  assert.equal(ociOf({}, image("/i")).process.cwd, "/i");
  assert.equal(ociOf({}, image("app")).process.cwd, "/app");
  refuses("InvalidArgument", /not an absolute path/, () => ociOf({ workingDir: "w" }));
  refuses("InvalidArgument", /zero byte/, () => ociOf({}, image("/a\0")));
});

Deno.test("a terminal, a read-only root, no-new-privileges and the OOM score are passed on", () => {
  assert.equal(ociOf({ tty: true }).process.terminal, true);
  assert.equal(securedOci({ readonlyRootfs: true }).root.readonly, true);
  assert.equal(securedOci({ noNewPrivs: true }).process.noNewPrivileges, true);
  const resources = { ...noResources, oomScoreAdj: -997n };
  assert.equal(ociOf({ resources }).process.oomScoreAdj, -997);
  refuses(
    "InvalidArgument",
    /oom_score_adj "1001"/,
    () => ociOf({ resources: { ...resources, oomScoreAdj: 1001n } }),
  );
});

Deno.test("processes are a container's own, the pod's, or another container's", () => {
  const pid = (mode: NamespaceOptions["pid"]) => ({
    ...plainFacts.sandbox.security.namespaces,
    pid: mode,
  });
  const path = (mode: NamespaceOptions["pid"]) =>
    securedOci({ namespaces: pid(mode) }, { podPid: 40, targetPid: 50 }).linux.namespaces.at(-1)
      ?.path;
  assert.equal(path("container"), undefined);
  assert.equal(path("pod"), "/proc/40/ns/pid");
  assert.equal(path("target"), "/proc/50/ns/pid");
  refuses("Internal", /not known/, () => securedOci({ namespaces: pid("target") }));
});

Deno.test("without namespaces of its own a container has the sandbox's", () => {
  const security = {
    ...plainFacts.sandbox.security,
    namespaces: { ...plainFacts.sandbox.security.namespaces, pid: "pod" as const },
  };
  const oci = ociOf({}, { sandbox: { security }, podPid: 7 });
  assert.equal(oci.linux.namespaces.at(-1)?.path, "/proc/7/ns/pid");
});

Deno.test("namespaces of the node and of users are refused", () => {
  const own = plainFacts.sandbox.security.namespaces;
  for (const field of ["network", "pid", "ipc"] as const) {
    refuses(
      "InvalidArgument",
      /namespace of the node/,
      () => securedOci({ namespaces: { ...own, [field]: "node" } }),
    );
  }
  const map = { hostId: 100_000, containerId: 0, length: 65_536 };
  const cases = [
    { mode: "pod", uids: [map], gids: [map], code: "Unimplemented" },
    { mode: "pod", uids: [], gids: [map], code: "InvalidArgument" },
    { mode: "node", uids: [map], gids: [], code: "InvalidArgument" },
    { mode: "container", uids: [], gids: [], code: "InvalidArgument" },
  ] as const;
  for (const { code, ...userns } of cases) {
    refuses(code, /.*/, () => securedOci({ namespaces: { ...own, userns } }));
  }
  const harmless = { mode: "node", uids: [], gids: [] } as const;
  assert.equal(securedOci({ namespaces: { ...own, userns: harmless } }).linux.namespaces.length, 3);
});

Deno.test("absent paths are the defaults, an empty list is none", () => {
  const { maskedPaths, readonlyPaths } = ociOf().linux;
  assert.ok(maskedPaths.includes("/proc/kcore"));
  assert.ok(readonlyPaths.includes("/proc/sys"));
  const none = securedOci({ maskedPaths: [], readonlyPaths: [] }).linux;
  assert.deepEqual([none.maskedPaths, none.readonlyPaths], [[], []]);
  const own = securedOci({ maskedPaths: ["/x"], readonlyPaths: ["/y"] }).linux;
  assert.deepEqual([own.maskedPaths, own.readonlyPaths], [["/x"], ["/y"]]);
  refuses("InvalidArgument", /not absolute/, () => securedOci({ maskedPaths: ["/a/../b"] }));
});

Deno.test("what a VM has no part in is refused where a pod relies on it", () => {
  refuses("FailedPrecondition", /privileged/, () => securedOci({ privileged: true }));
  refuses("InvalidArgument", /CDI device "a.b\/c=d"/, () => ociOf({ cdiDevices: ["a.b/c=d"] }));
  const apparmor = { type: "localhost", localhostRef: "mine" } as const;
  refuses("InvalidArgument", /"mine".*no AppArmor/, () => securedOci({ apparmor }));
  assert.ok(securedOci({ apparmor: { type: "runtimeDefault" } }));
  assert.ok(securedOci({ selinux: { user: "u", role: "r", type: "t", level: "s0" } }));
});

Deno.test("a small VM does not make a container's limits small", () => {
  const { rlimits } = ociOf().process;
  assert.deepEqual(rlimits.map(({ type, soft }) => [type, soft]), [
    ["RLIMIT_NOFILE", 1_048_576n],
    ["RLIMIT_NPROC", noLimit],
    ["RLIMIT_CORE", 0n],
  ]);
});

Deno.test("a plugged block device can be used as asked, and no other", () => {
  const device = { containerPath: "/dev/xvda", hostPath: "/dev/loop0", permissions: "rw" };
  const { devices, resources } = ociOf({}, { devices: [{ device, major: 8, minor: 16 }] }).linux;
  assert.deepEqual(devices.map(({ path, type, major, minor }) => [path, type, major, minor]), [
    ["/dev/xvda", "b", 8, 16],
  ]);
  assert.deepEqual(resources.devices, [
    { allow: false, access: "rwm" },
    { allow: true, type: "b", major: 8, minor: 16, access: "rw" },
  ]);
  for (const bad of [{ ...device, permissions: "rx" }, { ...device, containerPath: "dev/x" }]) {
    refuses(
      "InvalidArgument",
      /Device/,
      () => ociOf({}, { devices: [{ device: bad, major: 8, minor: 0 }] }),
    );
  }
});

Deno.test("a seccomp profile is resolved for the container's own capabilities", () => {
  const text = JSON.stringify({
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [{
      names: ["mount"],
      action: "SCMP_ACT_ALLOW",
      includes: { caps: ["CAP_SYS_ADMIN"] },
    }],
  });
  const seccomp = { name: "/p.json", text };
  assert.equal(ociOf({}, { seccomp }).linux.seccomp?.syscalls.length, 0);
  const capabilities = { add: ["SYS_ADMIN"], drop: [], addAmbient: [] };
  assert.equal(securedOci({ capabilities }, { seccomp }).linux.seccomp?.syscalls.length, 1);
});

Deno.test("a mount that follows the node makes the root follow too", () => {
  const volume = (propagation: "private" | "hostToContainer") => ({
    volumes: [{ mount: { ...plainMount, propagation }, guestPath: "/v" }],
  });
  assert.equal(ociOf({}, volume("private")).linux.rootfsPropagation, "rprivate");
  assert.equal(ociOf({}, volume("hostToContainer")).linux.rootfsPropagation, "rslave");
});
