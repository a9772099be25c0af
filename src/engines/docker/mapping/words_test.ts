import assert from "node:assert/strict";
import { describe, hasCode } from "../../../lib/errors.ts";
import { cgroupParentField } from "./cgroup_parent.ts";
import { cdiFields, deviceFields } from "./devices.ts";
import { envField } from "./env.ts";
import { fakeFacts, fakeFiles } from "./fake_facts.ts";
import { checkUserNamespace } from "./namespaces.ts";
import { renderResolvConf } from "../../common/resolv_conf.ts";
import { stopSignalField } from "./stop_signal.ts";

const encoder = new TextEncoder();

Deno.test("environment values keep every character that JSON can hold", () => {
  const value = encoder.encode('\ufeffä=\n"x"');
  assert.deepEqual(envField([{ key: "K", value }]), ['K=\ufeffä=\n"x"']);
});

Deno.test("a value that is not UTF-8 is refused without showing it", () => {
  assert.throws(
    () => envField([{ key: "SECRET", value: new Uint8Array([0x68, 0xff]) }]),
    (error) => hasCode(error, "InvalidArgument") && describe(error).includes('"SECRET"'),
  );
});

for (const [key, value] of [["", "x"], ["A=B", "x"], ["A", "x\0y"]] as const) {
  Deno.test(`environment variable ${JSON.stringify([key, value])} is refused`, () => {
    assert.throws(
      () => envField([{ key, value: encoder.encode(value) }]),
      (error) => hasCode(error, "InvalidArgument"),
    );
  });
}

Deno.test("resolv.conf has a line per server, one for searches and one for options", () => {
  const text = renderResolvConf({
    servers: ["10.0.0.10", "fd00::a"],
    searches: ["default.svc.cluster.local", "cluster.local"],
    options: ["ndots:5"],
  });
  assert.equal(
    text,
    "nameserver 10.0.0.10\nnameserver fd00::a\n" +
      "search default.svc.cluster.local cluster.local\noptions ndots:5\n",
  );
});

for (const word of ["", "a b", "8.8.8.8\nnameserver 6.6.6.6", "x#y", "a\0"]) {
  Deno.test(`resolv.conf refuses the word ${JSON.stringify(word)}`, () => {
    for (
      const dns of [
        { servers: [word], searches: [], options: [] },
        { servers: [], searches: [word], options: [] },
        { servers: [], searches: [], options: [word] },
      ]
    ) {
      assert.throws(() => renderResolvConf(dns), (error) => hasCode(error, "InvalidArgument"));
    }
  });
}

const signals: readonly [string, string | undefined][] = [
  ["", undefined],
  ["SIGTERM", "SIGTERM"],
  ["SIGNAL_SIGUSR1", "SIGUSR1"],
  ["SIGRTMIN", "SIGRTMIN"],
  ["SIGRTMINPLUS3", "SIGRTMIN+3"],
  ["SIGRTMAXMINUS14", "SIGRTMAX-14"],
];

for (const [name, expected] of signals) {
  Deno.test(`stop signal "${name}" is ${expected ?? "the image's"}`, () => {
    assert.equal(stopSignalField(name), expected);
  });
}

Deno.test("a malformed stop signal is refused", () => {
  for (const name of ["TERM", "SIGTERM;x", "9"]) {
    assert.throws(() => stopSignalField(name), (error) => hasCode(error, "InvalidArgument"));
  }
});

Deno.test("the cgroup parent is a path for cgroupfs and a slice for systemd", () => {
  const systemd = fakeFacts("1.41", { cgroupDriver: "systemd" });
  const parent = "/kubepods.slice/kubepods-pod1.slice";
  assert.deepEqual(cgroupParentField(parent, fakeFacts()), { CgroupParent: parent });
  assert.deepEqual(cgroupParentField(parent, systemd), { CgroupParent: "kubepods-pod1.slice" });
  assert.deepEqual(cgroupParentField("", systemd), {});
});

Deno.test("a cgroup parent that is no slice or that climbs is refused", () => {
  const systemd = fakeFacts("1.41", { cgroupDriver: "systemd" });
  for (const [parent, facts] of [["/kubepods/pod1", systemd], ["/a/../b", fakeFacts()]] as const) {
    assert.throws(
      () => cgroupParentField(parent, facts),
      (error) => hasCode(error, "InvalidArgument"),
    );
  }
});

const device = { hostPath: "/dev/fuse", containerPath: "", permissions: "rw" };
const files = fakeFiles({ "/dev/fuse": "" });

Deno.test("a device keeps its path unless another one is asked for", async () => {
  assert.deepEqual(await deviceFields([device], files), {
    Devices: [{ PathOnHost: "/dev/fuse", PathInContainer: "/dev/fuse", CgroupPermissions: "rw" }],
  });
});

for (
  const [what, change, code] of [
    ["a missing one", { hostPath: "/dev/nope" }, "FailedPrecondition"],
    ["a relative one", { hostPath: "dev" }, "InvalidArgument"],
    ["no permissions", { permissions: "" }, "InvalidArgument"],
    ["doubled permissions", { permissions: "rr" }, "InvalidArgument"],
    ["other permissions", { permissions: "x" }, "InvalidArgument"],
  ] as const
) {
  Deno.test(`devices: ${what} is refused`, async () => {
    await assert.rejects(deviceFields([{ ...device, ...change }], files), { code });
  });
}

Deno.test("CDI devices need an engine that has CDI", () => {
  const on = { cdiSpecDirs: ["/etc/cdi"] };
  assert.deepEqual(cdiFields(["vendor.com/gpu=0"], fakeFacts("1.44", on)), {
    DeviceRequests: [{ Driver: "cdi", DeviceIDs: ["vendor.com/gpu=0"] }],
  });
  for (const facts of [fakeFacts("1.43", on), fakeFacts("1.52")]) {
    assert.throws(
      () => cdiFields(["vendor.com/gpu=0"], facts),
      (error) => hasCode(error, "Unimplemented"),
    );
  }
  assert.throws(
    () => cdiFields(["gpu"], fakeFacts("1.44", on)),
    (error) => hasCode(error, "InvalidArgument"),
  );
});

const mapping = { hostId: 1, containerId: 0, length: 1 };

for (
  const [what, userns, code] of [
    ["a well-formed one", { mode: "pod", uids: [mapping], gids: [mapping] }, "Unimplemented"],
    ["two mappings", { mode: "pod", uids: [mapping, mapping], gids: [mapping] }, "InvalidArgument"],
    ["mode CONTAINER", { mode: "container", uids: [], gids: [] }, "InvalidArgument"],
    ["mode TARGET", { mode: "target", uids: [], gids: [] }, "InvalidArgument"],
    ["mode NODE with a mapping", { mode: "node", uids: [mapping], gids: [] }, "InvalidArgument"],
  ] as const
) {
  Deno.test(`user namespaces: ${what} is refused`, () => {
    assert.throws(() => checkUserNamespace(userns), { code });
  });
}

Deno.test("user namespace mode NODE is what Docker does", () => {
  checkUserNamespace({ mode: "node", uids: [], gids: [] });
  checkUserNamespace(undefined);
});
