import assert from "node:assert/strict";
import { describe, hasCode } from "../../../lib/errors.ts";
import type { LinuxResources } from "../../domain.ts";
import { resourcesOf } from "./resources.ts";
import { noResources } from "./test_facts.ts";

const limits = (change: Partial<LinuxResources>, hugePageSizes: readonly string[] = []) =>
  resourcesOf({ ...noResources, ...change }, { hugePageSizes });

Deno.test("what is not asked for is not limited", () => {
  assert.deepEqual(limits({}), {});
});

Deno.test("a memory limit leaves no swap beside it, unless some is asked for", () => {
  assert.deepEqual(limits({ memoryLimitBytes: 100n }).memory, { limit: 100n, swap: 100n });
  assert.deepEqual(limits({ memoryLimitBytes: 100n, memorySwapLimitBytes: 150n }).memory, {
    limit: 100n,
    swap: 150n,
  });
  assert.deepEqual(limits({ memoryLimitBytes: 100n, memorySwapLimitBytes: -1n }).memory, {
    limit: 100n,
    swap: -1n,
  });
  assert.deepEqual(limits({ memoryLimitBytes: -1n }).memory, { limit: -1n, swap: -1n });
  assert.equal(limits({ memorySwapLimitBytes: 150n }).memory, undefined);
});

Deno.test("processor limits are passed on", () => {
  assert.deepEqual(limits({ cpuShares: 2n, cpuQuota: 50_000n, cpuPeriod: 100_000n }).cpu, {
    shares: 2n,
    quota: 50_000n,
    period: 100_000n,
  });
  assert.deepEqual(limits({ cpuQuota: -1n }).cpu, { quota: -1n });
  assert.deepEqual(limits({ cpuShares: 1_000_000n }).cpu, { shares: 262_144n });
});

Deno.test("CPU sets are the node's and stay out of the guest", () => {
  assert.deepEqual(limits({ cpusetCpus: "2-3", cpusetMems: "0" }), {});
});

Deno.test("huge pages are limited where the guest counts them", () => {
  const hugepageLimits = [{ pageSize: "2MB", limitBytes: 4n }, { pageSize: "1GB", limitBytes: 0n }];
  assert.deepEqual(limits({ hugepageLimits }, ["2MB"]).hugepageLimits, [
    { pageSize: "2MB", limit: 4n },
  ]);
  assert.equal(
    limits({ hugepageLimits: [{ pageSize: "2MB", limitBytes: 0n }] }).hugepageLimits,
    undefined,
  );
  assert.throws(() => limits({ hugepageLimits }), /Huge pages of "2MB" cannot be had/);
});

Deno.test("unified takes files of controllers and nothing else", () => {
  const unified = { "memory.high": "1000", "io.bfq.weight": "10", "hugetlb.2MB.max": "0" };
  assert.deepEqual(limits({ unified }).unified, unified);
  const bad = ["cgroup.procs", "cgroup.kill", "../memory.max", "memory/max", "memory", "", ".max"];
  for (const file of bad) {
    assert.throws(
      () => limits({ unified: { [file]: "1" } }),
      (error) => hasCode(error, "InvalidArgument"),
    );
  }
  assert.throws(() => limits({ unified: { "memory.max": "1\0" } }), /cannot be written/);
});

Deno.test("values out of range are refused with their field", () => {
  const cases: readonly (readonly [Partial<LinuxResources>, RegExp])[] = [
    [{ memoryLimitBytes: -2n }, /memory_limit_in_bytes "-2"/],
    [{ memoryLimitBytes: 5n, memorySwapLimitBytes: -2n }, /memory_swap_limit_in_bytes "-2"/],
    [{ memoryLimitBytes: 5n, memorySwapLimitBytes: 4n }, /"4" is less than/],
    [{ cpuShares: -1n }, /cpu_shares "-1"/],
    [{ cpuPeriod: 999n }, /cpu_period "999"/],
    [{ cpuPeriod: 1_000_001n }, /cpu_period/],
    [{ cpuQuota: 999n }, /cpu_quota "999"/],
    [{ cpuQuota: -2n }, /cpu_quota "-2"/],
    [{ hugepageLimits: [{ pageSize: "2MB", limitBytes: -1n }] }, /hugepage_limits/],
  ];
  for (const [change, message] of cases) {
    assert.throws(() => limits(change), (error) => {
      assert.match(describe(error), message);
      return hasCode(error, "InvalidArgument");
    });
  }
});
