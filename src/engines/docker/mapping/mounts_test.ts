import assert from "node:assert/strict";
import { describe, hasCode } from "../../../lib/errors.ts";
import type { Mount } from "../../domain.ts";
import type { DockerInfo } from "../client/system.ts";
import { fakeFacts, fakeFiles, fakeMount } from "./fake_facts.ts";
import { mountFields, supportsRecursiveReadOnly } from "./mounts.ts";

const files = fakeFiles({ "/srv/data": "", "/srv/a:b": "" }, { "/srv/link": "/srv/real" });

function fields(mount: Partial<Mount>, version = "1.52", info: Partial<DockerInfo> = {}) {
  return mountFields([fakeMount(mount)], fakeFacts(version, info), files);
}

const cases: readonly [string, Partial<Mount>, string, unknown][] = [
  ["a mount", {}, "1.25", { Mounts: [{ Type: "bind", Source: "/srv/data", Target: "/data" }] }],
  ["a mount", {}, "1.24", { Binds: ["/srv/data:/data"] }],
  ["a read-only mount", { readonly: true }, "1.43", {
    Mounts: [{ Type: "bind", Source: "/srv/data", Target: "/data", ReadOnly: true }],
  }],
  ["a read-only mount", { readonly: true }, "1.44", {
    Mounts: [{
      Type: "bind",
      Source: "/srv/data",
      Target: "/data",
      ReadOnly: true,
      BindOptions: { ReadOnlyNonRecursive: true },
    }],
  }],
  ["a read-only mount", { readonly: true }, "1.24", { Binds: ["/srv/data:/data:ro"] }],
  ["a slave mount", { propagation: "hostToContainer" }, "1.25", {
    Mounts: [{
      Type: "bind",
      Source: "/srv/data",
      Target: "/data",
      BindOptions: { Propagation: "rslave" },
    }],
  }],
  ["a read-only shared mount", { propagation: "bidirectional", readonly: true }, "1.24", {
    Binds: ["/srv/data:/data:ro,rshared"],
  }],
  ["a recursively read-only mount", { readonly: true, recursiveReadOnly: true }, "1.44", {
    Mounts: [{
      Type: "bind",
      Source: "/srv/data",
      Target: "/data",
      ReadOnly: true,
      BindOptions: { Propagation: "rprivate", ReadOnlyForceRecursive: true },
    }],
  }],
  ["a mount of a symlink", { hostPath: "/srv/link" }, "1.25", {
    Mounts: [{ Type: "bind", Source: "/srv/real", Target: "/data" }],
  }],
  ["a path with a colon", { hostPath: "/srv/a:b" }, "1.25", {
    Mounts: [{ Type: "bind", Source: "/srv/a:b", Target: "/data" }],
  }],
];

for (const [what, mount, version, expected] of cases) {
  Deno.test(`${what} on API ${version}`, async () => {
    assert.deepEqual(await fields(mount, version), expected);
  });
}

Deno.test("relabelling is asked of an engine that has SELinux, and left out otherwise", async () => {
  const mount = { selinuxRelabel: true, readonly: true };
  assert.deepEqual(await fields(mount, "1.41", { securityOptions: ["selinux"] }), {
    Binds: ["/srv/data:/data:ro,Z"],
  });
  assert.equal((await fields(mount, "1.41")).Binds, undefined);
});

const refused: readonly [string, Partial<Mount>, string, string][] = [
  ["a source that does not exist", { hostPath: "/nope" }, "1.52", "FailedPrecondition"],
  ["a relative source", { hostPath: "srv" }, "1.52", "InvalidArgument"],
  ["an empty source", { hostPath: "" }, "1.52", "InvalidArgument"],
  ["a source that climbs", { hostPath: "/srv/../etc" }, "1.52", "InvalidArgument"],
  ["a relative target", { containerPath: "data" }, "1.52", "InvalidArgument"],
  ["a target that climbs", { containerPath: "/a/../../b" }, "1.52", "InvalidArgument"],
  ["a path with a colon on API 1.24", { hostPath: "/srv/a:b" }, "1.24", "Unimplemented"],
  ["an image volume's sub-path", { imageSubPath: "x" }, "1.52", "Unimplemented"],
  [
    "an id-mapped mount",
    { uidMappings: [{ hostId: 1, containerId: 0, length: 1 }] },
    "1.52",
    "Unimplemented",
  ],
  [
    "a writable mount to be recursively read-only",
    { recursiveReadOnly: true },
    "1.52",
    "InvalidArgument",
  ],
  [
    "a propagating mount to be recursively read-only",
    { recursiveReadOnly: true, readonly: true, propagation: "hostToContainer" },
    "1.52",
    "InvalidArgument",
  ],
];

for (const [what, mount, version, code] of refused) {
  Deno.test(`${what} is refused`, async () => {
    await assert.rejects(fields(mount, version), { code });
  });
}

Deno.test("an image volume is refused", async () => {
  const image = { image: "x", annotations: {}, userSpecifiedImage: "", runtimeHandler: "" };
  await assert.rejects(fields({ image, hostPath: "" }), (error) => hasCode(error, "Unimplemented"));
});

Deno.test("recursive read-only needs API 1.44 and a runtime that has it", async () => {
  const mount = { readonly: true, recursiveReadOnly: true };
  const plain = { runtimes: [{ name: "runc", recursiveReadOnly: false }] };
  for (const [version, info] of [["1.43", {}], ["1.52", plain]] as const) {
    assert.equal(supportsRecursiveReadOnly(fakeFacts(version, info)), false);
    await assert.rejects(fields(mount, version, info), (error) =>
      // The word at the beginning is what a kubelet looks for.
      hasCode(error, "InvalidArgument") && describe(error).startsWith("RROUnsupported: "));
  }
  assert.equal(supportsRecursiveReadOnly(fakeFacts("1.44")), true);
});
