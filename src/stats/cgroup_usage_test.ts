import assert from "node:assert/strict";
import fc from "fast-check";
import { readUsage } from "./cgroup_usage.ts";

const reader = (files: Record<string, string>) => (path: string) =>
  Promise.resolve<string | undefined>(files[path]);

const v1 = { version: 1, memory: "/m", cpuacct: "/c", pids: "/p" } as const;
const v1Files = {
  "/m/memory.usage_in_bytes": "1000\n",
  "/m/memory.stat": "cache 400\ninactive_file 1\ntotal_inactive_file 300\ntotal_rss 500\n" +
    "total_pgfault 7\ntotal_pgmajfault 2\n",
  "/m/memory.limit_in_bytes": "5000\n",
  "/m/memory.memsw.usage_in_bytes": "1200\n",
  "/m/memory.memsw.limit_in_bytes": "6000\n",
  "/c/cpuacct.usage": "123456789\n",
  "/p/pids.current": "4\n",
};

const v2 = { version: 2, dir: "/g" } as const;
const psi = "some avg10=1.50 avg60=0.00 avg300=0.00 total=42\n" +
  "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
const v2Files = {
  "/g/memory.current": "1000\n",
  "/g/memory.stat": "anon 500\ninactive_file 300\npgfault 7\npgmajfault 2\n",
  "/g/memory.max": "5000\n",
  "/g/memory.swap.current": "200\n",
  "/g/memory.swap.max": "max\n",
  "/g/cpu.stat": "usage_usec 123456\nuser_usec 1\n",
  "/g/pids.current": "4\n",
  "/g/memory.pressure": psi,
};

Deno.test("v1: the working set leaves out inactive file pages of the whole subtree", async () => {
  assert.deepEqual(await readUsage(v1, reader(v1Files)), {
    cpu: { usageNs: 123456789n },
    memory: {
      usageBytes: 1000n,
      workingSetBytes: 700n,
      availableBytes: 4300n,
      rssBytes: 500n,
      pageFaults: 7n,
      majorPageFaults: 2n,
    },
    swap: { usageBytes: 200n, availableBytes: 800n },
    processCount: 4n,
  });
});

Deno.test("v1: the kernel's largest number is no limit", async () => {
  const files = { ...v1Files, "/m/memory.limit_in_bytes": "9223372036854771712\n" };
  const usage = await readUsage(v1, reader(files));
  assert.equal(usage?.memory?.availableBytes, undefined);
  assert.equal(usage?.swap?.availableBytes, undefined);
});

Deno.test("v2: the same figures from the unified files, pressure included", async () => {
  const usage = await readUsage(v2, reader(v2Files));
  assert.equal(usage?.cpu?.usageNs, 123456000n);
  assert.equal(usage?.memory?.workingSetBytes, 700n);
  assert.equal(usage?.memory?.availableBytes, 4300n);
  assert.deepEqual(usage?.memory?.psi?.some, {
    totalUs: 42n,
    avg10: 1.5,
    avg60: 0,
    avg300: 0,
  });
  assert.deepEqual(usage?.swap, { usageBytes: 200n });
});

Deno.test("a working set below zero is zero", async () => {
  const files = { ...v1Files, "/m/memory.usage_in_bytes": "100\n" };
  assert.equal((await readUsage(v1, reader(files)))?.memory?.workingSetBytes, 0n);
});

Deno.test("missing files make figures absent, and a group that is gone has none", async () => {
  const { "/c/cpuacct.usage": _cpu, ...rest } = v1Files;
  const usage = await readUsage(v1, reader(rest));
  assert.equal(usage?.cpu, undefined);
  assert.ok(usage?.memory);
  assert.equal(await readUsage(v1, reader({})), undefined);
});

Deno.test("whatever the files say, reading them never throws", async () => {
  await fc.assert(fc.asyncProperty(fc.string(), async (text) => {
    await readUsage(v2, () => Promise.resolve(text));
    await readUsage(v1, () => Promise.resolve(text));
  }));
});
