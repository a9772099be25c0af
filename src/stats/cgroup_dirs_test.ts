import assert from "node:assert/strict";
import { FakeClock } from "../lib/fake_clock.ts";
import { CgroupFinder, endsIn, groupsOf, parentOf, type ReadText } from "./cgroup_dirs.ts";

const reader = (files: Record<string, string>) => (path: string) =>
  Promise.resolve<string | undefined>(files[path]);

function findCgroups(pid: number, read: ReadText) {
  return new CgroupFinder({ clock: new FakeClock(), read }).find(pid);
}

const v1Mounts = [
  "30 23 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755",
  "31 30 0:27 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory",
  "32 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct",
  "33 30 0:29 / /sys/fs/cgroup/pids rw,nosuid - cgroup cgroup rw,pids",
].join("\n");

const v2Mount = "31 23 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate";

Deno.test("v1: each controller has its own directory", async () => {
  const dirs = await findCgroups(
    7,
    reader({
      "/proc/7/cgroup": "9:pids:/docker/ab\n5:cpu,cpuacct:/docker/ab\n4:memory:/docker/ab\n0::/\n",
      "/proc/self/mountinfo": v1Mounts,
    }),
  );
  assert.deepEqual(dirs, {
    version: 1,
    memory: "/sys/fs/cgroup/memory/docker/ab",
    cpuacct: "/sys/fs/cgroup/cpu,cpuacct/docker/ab",
    pids: "/sys/fs/cgroup/pids/docker/ab",
  });
});

Deno.test("hybrid: v1 controllers count, the empty unified tree beside them does not", async () => {
  const dirs = await findCgroups(
    7,
    reader({
      "/proc/7/cgroup": "4:memory:/docker/ab\n0::/docker/ab\n",
      "/proc/self/mountinfo":
        `${v1Mounts}\n34 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw`,
    }),
  );
  assert.deepEqual(dirs, { version: 1, memory: "/sys/fs/cgroup/memory/docker/ab" });
});

Deno.test("v2: one directory for everything", async () => {
  const dirs = await findCgroups(
    7,
    reader({ "/proc/7/cgroup": "0::/kubepods/pod1/ab\n", "/proc/self/mountinfo": v2Mount }),
  );
  assert.deepEqual(dirs, { version: 2, dir: "/sys/fs/cgroup/kubepods/pod1/ab" });
});

Deno.test("a mount that shows part of the hierarchy is looked into by the rest of the path", async () => {
  const mounts = "31 23 0:27 /outer /sys/fs/cgroup rw - cgroup2 cgroup2 rw";
  const find = (path: string) =>
    findCgroups(7, reader({ "/proc/7/cgroup": `0::${path}\n`, "/proc/self/mountinfo": mounts }));
  assert.deepEqual(await find("/outer/docker/ab"), { version: 2, dir: "/sys/fs/cgroup/docker/ab" });
  assert.deepEqual(await find("/outer"), { version: 2, dir: "/sys/fs/cgroup" });
  assert.equal(await find("/outside"), undefined);
  assert.equal(await find("/../outside"), undefined);
});

Deno.test("a path with a colon or a mount point with a blank is read right", async () => {
  const dirs = await findCgroups(
    7,
    reader({
      "/proc/7/cgroup": "0::/a:b\n",
      "/proc/self/mountinfo": "31 23 0:27 / /sys/my\\040cgroups rw - cgroup2 cgroup2 rw",
    }),
  );
  assert.deepEqual(dirs, { version: 2, dir: "/sys/my cgroups/a:b" });
});

Deno.test("a process that is gone has no groups", async () => {
  assert.equal(await findCgroups(7, reader({ "/proc/self/mountinfo": v2Mount })), undefined);
});

Deno.test("mounts are read once a minute for all processes together", async () => {
  const clock = new FakeClock();
  const asked: string[] = [];
  const finder = new CgroupFinder({
    clock,
    read: (path) => {
      asked.push(path);
      return Promise.resolve(path === "/proc/self/mountinfo" ? v2Mount : "0::/a\n");
    },
  });
  const expected = { version: 2, dir: "/sys/fs/cgroup/a" };
  assert.deepEqual(await Promise.all([finder.find(1), finder.find(2)]), [expected, expected]);
  await finder.find(3);
  assert.equal(asked.filter((path) => path === "/proc/self/mountinfo").length, 1);
  await clock.advance(60_000);
  await finder.find(4);
  assert.equal(asked.filter((path) => path === "/proc/self/mountinfo").length, 2);
});

Deno.test("the pod's group is the one above the container's, if the kubelet named it", () => {
  const dirs = { version: 2, dir: "/sys/fs/cgroup/kubepods/pod1/ab" } as const;
  assert.ok(endsIn(parentOf(dirs), "/kubepods/pod1"));
  assert.ok(!endsIn(parentOf(dirs), "/kubepods/pod2"));
  assert.ok(!endsIn(parentOf(dirs), ""));
  assert.ok(!endsIn(parentOf(dirs), "/"));
  const v1 = { version: 1, memory: "/m/kubepods/pod1/ab", cpuacct: "/c/kubepods/pod1/ab" } as const;
  assert.deepEqual(parentOf(v1), {
    version: 1,
    memory: "/m/kubepods/pod1",
    cpuacct: "/c/kubepods/pod1",
  });
});

Deno.test("a container's group is its own, wherever below its first process has moved to", () => {
  const id = "ab12";
  const v2 = (dir: string) => ({ version: 2, dir } as const);
  const group = "/sys/fs/cgroup/kubepods.slice/pod1.slice/docker-ab12.scope";
  assert.deepEqual(groupsOf(id, v2(group)), v2(group));
  assert.deepEqual(groupsOf(id, v2(`${group}/init.scope`)), v2(group));
  assert.deepEqual(groupsOf(id, v2(`${group}/docker/ab12/init`)), v2(group));
  assert.deepEqual(groupsOf(id, v2("/sys/fs/cgroup/elsewhere")), v2("/sys/fs/cgroup/elsewhere"));
  const v1 = { version: 1, memory: "/m/docker/ab12/init", pids: "/p/docker/ab12" } as const;
  assert.deepEqual(groupsOf(id, v1), {
    version: 1,
    memory: "/m/docker/ab12",
    pids: "/p/docker/ab12",
  });
});
