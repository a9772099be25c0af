import assert from "node:assert/strict";
import { hasCode } from "../../../lib/errors.ts";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { silentLogger } from "../../../lib/log.ts";
import { FakeCgroups, v1Mounts, v2Mounts } from "./fake_cgroups.ts";
import { CgroupTree } from "./tree.ts";
import { VmCgroups } from "./vm_cgroups.ts";

const pod = { podId: "p1", cgroupParent: "/kubepods/burstable/podA" };
const mib = 1024n * 1024n;
const needs = { vmMemoryBytes: 300n * mib };

function open(version: 1 | 2) {
  const files = new FakeCgroups(version === 1 ? v1Mounts : v2Mounts);
  const clock = new FakeClock();
  const tree = new CgroupTree(files.mounts, files);
  assert.equal(tree.version, version);
  return { files, clock, groups: new VmCgroups(tree, { clock, log: silentLogger }) };
}

/** The fake's groups below the mount points, the VM's only, without repetitions. */
function groupsOf(files: FakeCgroups): string[] {
  const paths = [...files.dirs.keys()].map((dir) =>
    dir.replace(/^\/cg(\/(memory|cpu|cpuacct|pids|blkio)(?=\/|$))?/, "")
  );
  return [...new Set(paths)].filter((path) => path.includes("frakti")).sort();
}

for (const version of [1, 2] as const) {
  Deno.test(`cgroup v${version}: a VM boots beside its pod's group and moves below it when that has room`, async () => {
    const { files, groups } = open(version);
    files.group(pod.cgroupParent, {
      "memory.limit_in_bytes": String(512n * mib),
      "memory.max": String(512n * mib),
    });
    const dirs = await groups.prepare(pod);
    assert.ok(dirs.every((dir) => dir.endsWith("/kubepods/burstable/frakti-p1")), String(dirs));
    assert.equal(dirs.length, version === 1 ? 5 : 1);
    assert.deepEqual(await groups.settle(pod, 7, needs), { place: "pod" });
    assert.equal(files.joined.length, dirs.length);
    assert.ok(files.joined.every((dir) => dir.endsWith(`${pod.cgroupParent}/frakti-p1`)));
    assert.equal((await groups.figures(pod)).length, 2);
    files.endProcesses();
    await groups.remove(pod);
    assert.deepEqual(groupsOf(files), []);
    assert.ok(
      files.dirs.has(version === 1 ? `/cg/memory${pod.cgroupParent}` : `/cg${pod.cgroupParent}`),
    );
  });

  Deno.test(`cgroup v${version}: a VM whose pod has no room for it stays beside it, with its share`, async () => {
    const { files, groups } = open(version);
    files.group(pod.cgroupParent, {
      "memory.limit_in_bytes": String(64n * mib),
      "memory.max": String(64n * mib),
      "cpu.shares": "205",
      "cpu.weight": "8",
    });
    const [dir = ""] = await groups.prepare(pod);
    const placement = await groups.settle(pod, 7, needs);
    assert.equal(placement.place, "beside");
    assert.deepEqual(files.joined, []);
    const beside = version === 1 ? dir.replace("/memory/", "/cpu/") : dir;
    assert.equal(
      await files.read(`${beside}/${version === 1 ? "cpu.shares" : "cpu.weight"}`),
      version === 1 ? "205" : "8",
    );
  });

  Deno.test(`cgroup v${version}: a pod without a group has its VM in frakti's own, which goes with the last`, async () => {
    const { files, groups } = open(version);
    const [first, second] = ["p1", "p2"].map((podId) => ({ podId, cgroupParent: "" }));
    assert.ok(first && second);
    assert.ok((await groups.prepare(first)).every((dir) => dir.endsWith("/frakti/p1")));
    await groups.prepare(second);
    await groups.remove(first);
    assert.deepEqual(groupsOf(files), ["/frakti", "/frakti/p2"]);
    await groups.remove(second);
    await groups.remove(second);
    assert.deepEqual(groupsOf(files), []);
  });
}

Deno.test("where nobody made the groups above, the VM is in frakti's own", async () => {
  const { files, groups } = open(1);
  await groups.prepare(pod);
  await groups.prepare({ podId: "p2", cgroupParent: "/top" });
  assert.deepEqual(groupsOf(files), ["/frakti", "/frakti/p1", "/frakti/p2"]);
  assert.equal((await groups.settle(pod, 7, needs)).place, "beside");
});

Deno.test("a slice of systemd is found where systemd nests it", async () => {
  const { files, groups } = open(2);
  files.group("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podA.slice");
  const dirs = await groups.prepare({ podId: "p1", cgroupParent: "kubepods-burstable-podA.slice" });
  assert.deepEqual(dirs, ["/cg/kubepods.slice/kubepods-burstable.slice/frakti-p1"]);
});

Deno.test("controllers are turned on for the VM's group where the kernel has them", async () => {
  const { files, groups } = open(2);
  files.group(pod.cgroupParent, { "cgroup.controllers": "cpu memory" });
  await groups.settle(pod, 7, { vmMemoryBytes: 1n });
  assert.equal(await files.read(`/cg${pod.cgroupParent}/cgroup.subtree_control`), "memory cpu");
});

Deno.test("limits of both versions mean the same", async () => {
  const expected = { memoryBytes: 64n * mib, cpus: 0.5 };
  const [one, two] = [open(1), open(2)];
  one.files.group(pod.cgroupParent, {
    "memory.limit_in_bytes": `${64n * mib}\n`,
    "cpu.cfs_quota_us": "50000\n",
    "cpu.cfs_period_us": "100000\n",
  });
  two.files.group(pod.cgroupParent, {
    "memory.max": `${64n * mib}\n`,
    "cpu.max": "50000 100000\n",
  });
  assert.deepEqual(await one.groups.podLimits(pod), expected);
  assert.deepEqual(await two.groups.podLimits(pod), expected);
  one.files.group(pod.cgroupParent, {
    "memory.limit_in_bytes": "9223372036854771712",
    "cpu.cfs_quota_us": "-1",
  });
  two.files.group(pod.cgroupParent, { "memory.max": "max", "cpu.max": "max 100000" });
  assert.deepEqual(await one.groups.podLimits(pod), {});
  assert.deepEqual(await two.groups.podLimits(pod), {});
  assert.equal(await one.groups.podLimits({ ...pod, cgroupParent: "/none" }), undefined);
});

Deno.test("a group that stays in use is an error in bounded time", async () => {
  const { files, clock, groups } = open(2);
  const [dir = ""] = await groups.prepare({ podId: "p1", cgroupParent: "" });
  await files.write(`${dir}/cgroup.procs`, "7");
  const removing = assert.rejects(
    groups.remove({ podId: "p1", cgroupParent: "" }),
    (error) => hasCode(error, "DeadlineExceeded"),
  );
  await clock.advance(11_000);
  await removing;
});

Deno.test("kills for want of memory are counted", async () => {
  const { files, groups } = open(1);
  files.group("/frakti/p1", {
    "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
  });
  assert.equal(await groups.oomKills({ podId: "p1", cgroupParent: "" }), 2);
  assert.equal(await groups.oomKills({ podId: "p2", cgroupParent: "" }), 0);
});
