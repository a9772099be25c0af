import assert from "node:assert/strict";
import { cageFiles, type LookAt } from "./cage_files.ts";
import { cagedCommand, type CageSpec, uidOf } from "./confinement.ts";
import { insideVm, podLayout, socketPath } from "./layout.ts";

const layout = podLayout("/run/frakti", "p1");
const spec: CageSpec = {
  layout,
  rootDir: "/run/frakti/cage",
  netnsPath: "/run/netns/frakti-p1",
  readable: ["/usr"],
  links: [{ path: "/lib", target: "usr/lib" }],
  devices: ["/dev/net/tun"],
  cgroups: ["/sys/fs/cgroup/frakti/p1"],
  oomScoreAdj: 500,
};

/** A file system of directories and links, by path. */
const host = (paths: Record<string, "dir" | "file" | { link: string }>): LookAt => (path) => {
  const found = paths[path];
  return Promise.resolve(
    found === undefined
      ? undefined
      : typeof found === "object"
      ? { isDirectory: false, ...found }
      : { isDirectory: found === "dir" },
  );
};

Deno.test("QEMU keeps four capabilities, none of which opens files it was not given", () => {
  const { args } = cagedCommand(spec, ["qemu"]);
  const kept = "-all,+chown,+dac_override,+fowner,+fsetid";
  for (const option of ["inh-caps", "ambient-caps", "bounding-set"]) {
    assert.ok(args.includes(`--${option}=${kept}`), option);
  }
  assert.ok(args.includes("--no-new-privs"));
  assert.equal(args.at(-1), "qemu");
});

Deno.test("the cage is entered in the pod's namespace, and without one in an empty namespace", () => {
  const inPod = cagedCommand(spec, ["qemu"]);
  assert.equal(inPod.command, "nsenter");
  assert.equal(inPod.args[0], "--net=/run/netns/frakti-p1");
  const { netnsPath: _, ...alone } = spec;
  const command = cagedCommand(alone, ["qemu"]);
  assert.equal(command.command, "unshare");
  assert.ok(command.args.includes("--net"));
});

Deno.test("every pod's QEMU has a user id of its own, far from those of others", () => {
  const uids = new Set<number>();
  for (let count = 0; count < 500; count++) uids.add(uidOf(`pod-${count}`));
  assert.ok(uids.size > 495);
  for (const uid of uids) assert.ok(uid >= 0x7000_0000 && uid <= 0x7fff_ffff, String(uid));
  assert.equal(uidOf("p1"), uidOf("p1"));
});

Deno.test("a host with /lib in /usr gets links, one without gets the directories", async () => {
  const needs = { binary: "qemu-system-x86_64", kernel: "/usr/k", initrd: "/boot/i" };
  const merged = host({ "/lib": { link: "usr/lib" }, "/boot/i": "file", "/dev/null": "file" });
  assert.deepEqual(await cageFiles(needs, merged), {
    readable: ["/usr", "/boot/i"],
    links: [{ path: "/lib", target: "usr/lib" }],
    devices: ["/dev/null"],
  });
  const old = host({ "/lib": "dir", "/lib64": "dir", "/etc/ld.so.cache": "file" });
  assert.deepEqual((await cageFiles(needs, old)).readable, [
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
  ]);
});

Deno.test("a QEMU in a place of its own brings what lies beside it", async () => {
  const look = host({ "/opt/kata": "dir", "/opt": "dir" });
  const of = async (binary: string) =>
    (await cageFiles({ binary, kernel: "/usr/k", initrd: "/usr/i" }, look)).readable;
  assert.deepEqual(await of("/opt/kata/bin/qemu"), ["/usr", "/opt/kata"]);
  assert.deepEqual(await of("/opt/qemu"), ["/usr", "/opt"]);
  assert.deepEqual(await of("/usr/local/bin/qemu"), ["/usr"]);
});

Deno.test("paths of a pod are the same file inside, and others have no inside", () => {
  assert.equal(insideVm(layout, `${layout.disks}/3`), "/pod/disks/3");
  assert.throws(() => insideVm(layout, "/run/frakti/pods/p2/disks/3"), /not in the directory/);
});

Deno.test("an id that is no name is refused", () => {
  for (const id of ["", "..", "a/b", ".x"]) assert.throws(() => podLayout("/run", id), /malformed/);
});

Deno.test("a socket whose path is too long is reached through QEMU's root", () => {
  assert.equal(socketPath(layout, "qmp", 7), "/run/frakti/pods/p1/io/qmp");
  const deep = podLayout(`/${"x".repeat(100)}`, "p1");
  assert.equal(socketPath(deep, "agent", 7), "/proc/7/root/pod/io/agent");
});
