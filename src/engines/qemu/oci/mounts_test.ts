import assert from "node:assert/strict";
import { describe, type ErrorCode, hasCode } from "../../../lib/errors.ts";
import type { Mount } from "../../domain.ts";
import { type ImageVolume, mountsOf } from "./mounts.ts";
import { plainFacts, plainMount } from "./test_facts.ts";

function mounts(
  volumes: readonly Partial<Mount>[],
  imageVolumes: readonly ImageVolume[] = [],
  hasReadonlyRoot = false,
) {
  return mountsOf(
    volumes.map((mount, index) => ({
      mount: { ...plainMount, ...mount },
      guestPath: `/share/${index}`,
    })),
    imageVolumes,
    plainFacts.podFiles,
    hasReadonlyRoot,
  );
}

Deno.test("a container has the kernel's file systems and the pod's files", () => {
  const found = mounts([]);
  assert.deepEqual(found.map(({ destination }) => destination), [
    "/proc",
    "/dev",
    "/sys",
    "/dev/pts",
    "/dev/mqueue",
    "/dev/shm",
    "/etc/resolv.conf",
    "/etc/hostname",
    "/etc/hosts",
    "/sys/fs/cgroup",
  ]);
  const shm = found.find(({ destination }) => destination === "/dev/shm");
  assert.equal(shm?.source, "/run/frakti/shm");
  const options = (path: string) => found.find(({ destination }) => destination === path)?.options;
  assert.ok(options("/sys")?.includes("ro"));
  assert.ok(options("/sys/fs/cgroup")?.includes("ro"));
});

Deno.test("the pod's files are read-only in a read-only root", () => {
  const options = (isReadOnly: boolean) =>
    mounts([], [], isReadOnly).find(({ destination }) => destination === "/etc/hosts")?.options;
  assert.ok(options(true)?.includes("ro"));
  assert.ok(options(false)?.includes("rw"));
});

Deno.test("a volume takes the place of what would be there", () => {
  const image = { containerPath: "/data/", guestPath: "/image-volume" };
  const found = mounts([
    { containerPath: "//etc/hosts" },
    { containerPath: "/dev/shm/" },
    { containerPath: "/data" },
  ], [image, { containerPath: "/more", guestPath: "/more-volume" }]);
  const sources = (path: string) =>
    found.filter(({ destination }) => destination === path).map(({ source }) => source);
  assert.deepEqual(sources("/etc/hosts"), ["/share/0"]);
  assert.deepEqual(sources("/dev/shm"), ["/share/1"]);
  assert.deepEqual(sources("/data"), ["/share/2"]);
  assert.deepEqual(sources("/more"), ["/more-volume"]);
});

Deno.test("a volume comes after the one that holds it, others stay in their order", () => {
  const found = mounts([
    { containerPath: "/a/b/c" },
    { containerPath: "/z" },
    { containerPath: "/a/b" },
    { containerPath: "/a" },
  ]).filter(({ source }) => source.startsWith("/share"));
  assert.deepEqual(found.map(({ destination }) => destination), ["/z", "/a", "/a/b", "/a/b/c"]);
});

Deno.test("read-only and propagation are as asked", () => {
  const options = (mount: Partial<Mount>) =>
    mounts([mount]).find(({ source }) => source === "/share/0")?.options;
  assert.deepEqual(options({}), ["rbind", "rprivate", "rw"]);
  assert.deepEqual(options({ readonly: true }), ["rbind", "rprivate", "ro"]);
  assert.deepEqual(options({ propagation: "hostToContainer" }), ["rbind", "rslave", "rw"]);
  assert.deepEqual(options({ readonly: true, recursiveReadOnly: true }), [
    "rbind",
    "rprivate",
    "ro",
  ]);
  assert.deepEqual(options({ selinuxRelabel: true }), ["rbind", "rprivate", "rw"]);
});

Deno.test("an image is mounted read-only, and its programs may be run", () => {
  const image = { image: "i", annotations: {}, userSpecifiedImage: "", runtimeHandler: "" };
  for (const mount of [{ image }, { image, readonly: true, imageSubPath: "x" }]) {
    const found = mounts([mount]).find(({ source }) => source === "/share/0");
    assert.deepEqual(found?.options, ["rbind", "rprivate", "ro"]);
  }
});

Deno.test("what cannot be mounted is refused", () => {
  const id = { hostId: 1, containerId: 0, length: 1 };
  const cases: readonly (readonly [Partial<Mount>, ErrorCode])[] = [
    [{ containerPath: "data" }, "InvalidArgument"],
    [{ containerPath: "/a/../../b" }, "InvalidArgument"],
    [{ containerPath: "/" }, "InvalidArgument"],
    [{ containerPath: "/." }, "InvalidArgument"],
    [{ containerPath: "/a\0" }, "InvalidArgument"],
    [{ propagation: "bidirectional" }, "InvalidArgument"],
    [{ recursiveReadOnly: true }, "InvalidArgument"],
    [
      { recursiveReadOnly: true, readonly: true, propagation: "hostToContainer" },
      "InvalidArgument",
    ],
    [{ uidMappings: [id] }, "Unimplemented"],
    [{ gidMappings: [id] }, "Unimplemented"],
  ];
  for (const [mount, code] of cases) {
    assert.throws(() => mounts([mount]), (error) => {
      assert.match(describe(error), /^Mount/);
      return hasCode(error, code);
    });
  }
});
