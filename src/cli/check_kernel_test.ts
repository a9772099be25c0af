import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { runChecks } from "./check.ts";
import { kernelChecks } from "./check_kernel.ts";
import { buildConfig } from "./config.ts";

const device = { isDirectory: false, isSocket: false, mode: 0o20600 };

/** A kernel that has everything, with control groups v2. */
const healthy: Readonly<Record<string, string | undefined>> = {
  "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory hugetlb pids rdma misc\n",
  "/proc/sys/kernel/seccomp/actions_avail":
    "kill_process kill_thread trap errno user_notif trace log allow\n",
  "/proc/filesystems": "nodev\tsysfs\nnodev\toverlay\n\text4\n",
  "/proc/sys/net/bridge/bridge-nf-call-iptables": "1\n",
  "/dev/net/tun": "",
};

const v1Table = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t3\t17\t1\ncpu\t1\t20\t1\n" +
  "memory\t4\t133\t1\npids\t8\t20\t1\nnet_cls\t0\t17\t1\n";

const v1 = { "/sys/fs/cgroup/cgroup.controllers": undefined, "/proc/cgroups": v1Table };

async function reportsOf(
  changed: Readonly<Record<string, string | undefined>> = {},
  yaml = "",
) {
  const files = { ...healthy, ...changed };
  const checks = kernelChecks(buildConfig("/c.yaml", yaml), {
    stat: (path) => Promise.resolve(files[path] === undefined ? undefined : device),
    readText: (path) => Promise.resolve(files[path]),
  });
  return await runChecks(checks, systemClock);
}

/** The lines that are not OK, as "level name: message -> mend". */
async function problemsOf(...args: Parameters<typeof reportsOf>): Promise<readonly string[]> {
  return (await reportsOf(...args)).filter(({ level }) => level !== "ok").map((
    { level, name, message, mend },
  ) => `${level} ${name}: ${message} -> ${mend}`);
}

Deno.test("a kernel with all that pods need passes, with control groups of either version", async () => {
  const names = (await reportsOf()).map(({ name }) => name);
  assert.deepEqual(names, ["control groups", "seccomp", "taps", "overlay", "bridge filter"]);
  assert.deepEqual(await problemsOf(), []);
  assert.deepEqual(await problemsOf(v1), []);
});

Deno.test("a kernel is not asked for what no engine of the node uses", async () => {
  const bare = { "/dev/net/tun": undefined, "/proc/filesystems": "nodev\tsysfs\n" };
  const yaml = "hypervisor: { engine: hyperd }\ndocker: { enabled: false }";
  assert.deepEqual(await problemsOf(bare, yaml), []);
});

for (
  const [what, changed, problem] of [
    [
      "a v2 without the memory controller",
      { "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu io pids\n" },
      /^failure control groups: .*v2 lack memory.* -> .*cgroup_enable=memory/,
    ],
    [
      "a v1 with a controller that is disabled",
      { ...v1, "/proc/cgroups": v1Table.replace("memory\t4\t133\t1", "memory\t0\t133\t0") },
      /^failure control groups: .*v1 lack memory/,
    ],
    [
      "a v1 with a controller that is mounted nowhere",
      { ...v1, "/proc/cgroups": v1Table.replace("pids\t8", "pids\t0") },
      /^failure control groups: .*v1 lack pids/,
    ],
    [
      "no control groups at all",
      { ...v1, "/proc/cgroups": undefined },
      /^failure control groups: no control groups are mounted/,
    ],
    [
      "no seccomp",
      { "/proc/sys/kernel/seccomp/actions_avail": undefined, "/proc/self/status": "Name:\tx\n" },
      /^failure seccomp: .*QEMU.* -> .*CONFIG_SECCOMP_FILTER/,
    ],
    [
      "no /dev/net/tun",
      { "/dev/net/tun": undefined },
      /^failure taps: .* -> modprobe tun/,
    ],
    [
      "no overlay",
      { "/proc/filesystems": "nodev\tsysfs\n\toverlayed\n" },
      /^warning overlay: .* -> modprobe overlay/,
    ],
    [
      "no br_netfilter",
      { "/proc/sys/net/bridge/bridge-nf-call-iptables": undefined },
      /^warning bridge filter: .* -> modprobe br_netfilter/,
    ],
    [
      "a bridge filter that is off",
      { "/proc/sys/net/bridge/bridge-nf-call-iptables": "0\n" },
      /^warning bridge filter: .*bridge-nf-call-iptables=1/,
    ],
  ] as const
) {
  Deno.test(`${what} is one problem with its mend`, async () => {
    const problems = await problemsOf(changed);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", problem);
  });
}

Deno.test("seccomp of a kernel older than 4.14 is found, and its lack stops only VMs", async () => {
  const old = { "/proc/sys/kernel/seccomp/actions_avail": undefined };
  assert.deepEqual(await problemsOf({ ...old, "/proc/self/status": "Seccomp:\t0\n" }), []);
  const [problem = ""] = await problemsOf(old, "hypervisor: { engine: none }");
  assert.match(problem, /^warning seccomp: /);
});
