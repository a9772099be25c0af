import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../../lib/errors.ts";
import type { LinuxResources } from "../../domain.ts";
import { fakeFacts, noResources } from "./fake_facts.ts";
import { mergeResources } from "../../common/resources.ts";
import { resourceFields, updateSpec } from "./resources.ts";

const mib = 1n << 20n;

function fields(change: Partial<LinuxResources>) {
  const { OomScoreAdj: _score, ...limits } = resourceFields(
    { ...noResources, ...change },
    fakeFacts(),
  );
  return limits;
}

const cases: readonly [string, Partial<LinuxResources>, unknown][] = [
  ["nothing", {}, {}],
  ["memory without swap", { memoryLimitBytes: 64n * mib }, {
    Memory: 67108864,
    MemorySwap: 67108864,
  }],
  ["memory and swap", { memoryLimitBytes: 64n * mib, memorySwapLimitBytes: 96n * mib }, {
    Memory: 67108864,
    MemorySwap: 100663296,
  }],
  ["memory and any swap", { memoryLimitBytes: 64n * mib, memorySwapLimitBytes: -1n }, {
    Memory: 67108864,
    MemorySwap: -1,
  }],
  ["swap alone", { memorySwapLimitBytes: 96n * mib }, {}],
  ["no memory limit any more", { memoryLimitBytes: -1n }, { Memory: -1, MemorySwap: -1 }],
  ["a CPU quota", { cpuQuota: 50000n, cpuPeriod: 100000n, cpuShares: 512n }, {
    CpuShares: 512,
    CpuPeriod: 100000,
    CpuQuota: 50000,
  }],
  ["no CPU quota any more", { cpuQuota: -1n }, { CpuQuota: -1 }],
  ["more shares than there are", { cpuShares: 300000n }, { CpuShares: 262144 }],
  ["CPU sets", { cpusetCpus: "0-2,4", cpusetMems: "0" }, { CpusetCpus: "0-2,4", CpusetMems: "0" }],
];

for (const [what, change, expected] of cases) {
  Deno.test(`resources: ${what}`, () => assert.deepEqual(fields(change), expected));
}

const refused: readonly Partial<LinuxResources>[] = [
  { memoryLimitBytes: -2n },
  { memoryLimitBytes: 2n ** 62n },
  { memoryLimitBytes: 64n * mib, memorySwapLimitBytes: 32n * mib },
  { memorySwapLimitBytes: -2n, memoryLimitBytes: 64n * mib },
  { cpuShares: -1n },
  { cpuQuota: -2n },
  { cpuQuota: 999n },
  { cpuPeriod: 10n },
  { cpuPeriod: 1000001n },
  { cpusetCpus: "0;1" },
  { cpusetMems: "a" },
  { oomScoreAdj: 1001n },
  { oomScoreAdj: -1001n },
];

for (const change of refused) {
  const [field, value] = Object.entries(change).at(-1) ?? [];
  Deno.test(`resources: ${field} ${value} is refused`, () => {
    assert.throws(() => fields(change), (error) => hasCode(error, "InvalidArgument"));
  });
}

Deno.test("the OOM score goes in at create", () => {
  const body = resourceFields({ ...noResources, oomScoreAdj: -997n }, fakeFacts());
  assert.equal(body.OomScoreAdj, -997);
});

Deno.test("what Docker has no field for is left out with a reason", () => {
  const facts = fakeFacts();
  resourceFields({
    ...noResources,
    hugepageLimits: [{ pageSize: "2MB", limitBytes: 0n }, { pageSize: "1GB", limitBytes: 1n }],
    unified: { "memory.high": "1" },
    memorySwapLimitBytes: 1n,
  }, facts);
  assert.deepEqual(facts.ignored.map(({ field }) => field), [
    "linux.hugepage_limits",
    "linux.unified",
    "linux.memory_swap_limit_in_bytes",
  ]);
});

Deno.test("huge page limits of zero need no mention", () => {
  const facts = fakeFacts();
  const hugepageLimits = [{ pageSize: "2MB", limitBytes: 0n }];
  resourceFields({ ...noResources, hugepageLimits }, facts);
  assert.deepEqual(facts.ignored, []);
});

Deno.test("an update states every limit as it shall be", () => {
  const current = { ...noResources, cpuShares: 512n, memoryLimitBytes: 64n * mib };
  const change = { ...noResources, memoryLimitBytes: 128n * mib };
  assert.deepEqual(updateSpec(change, current, fakeFacts()), {
    CpuShares: 512,
    Memory: 134217728,
    MemorySwap: 134217728,
  });
});

Deno.test("an update that changes nothing has no body", () => {
  const current = { ...noResources, cpuShares: 512n };
  assert.deepEqual(updateSpec(noResources, current, fakeFacts()), {});
  assert.deepEqual(updateSpec(current, current, fakeFacts()), {});
});

Deno.test("a new memory limit takes the old swap limit with it", () => {
  const current = { ...noResources, memoryLimitBytes: 64n * mib, memorySwapLimitBytes: 96n * mib };
  const change = { ...noResources, memoryLimitBytes: 128n * mib };
  assert.deepEqual(updateSpec(change, current, fakeFacts()), {
    Memory: 134217728,
    MemorySwap: 134217728,
  });
});

Deno.test("another OOM score in an update is left out with a reason", () => {
  const facts = fakeFacts();
  updateSpec({ ...noResources, oomScoreAdj: 5n }, noResources, facts);
  assert.deepEqual(facts.ignored.map(({ field }) => field), ["linux.oom_score_adj"]);
});

Deno.test("merging twice is merging once, and never asks for less swap than memory", () => {
  const amount = fc.bigInt({ min: 0n, max: 1n << 40n });
  const draw = fc.record({
    cpuPeriod: fc.constantFrom(0n, 50000n, 100000n),
    cpuQuota: fc.constantFrom(0n, -1n, 20000n),
    cpuShares: fc.bigInt({ min: 0n, max: 262144n }),
    memoryLimitBytes: amount,
    // Of one request the two belong together.
    extra: amount,
    swaps: fc.boolean(),
  });
  const toResources = (drawn: typeof draw extends fc.Arbitrary<infer T> ? T : never) => ({
    ...noResources,
    cpuPeriod: drawn.cpuPeriod,
    cpuQuota: drawn.cpuQuota,
    cpuShares: drawn.cpuShares,
    memoryLimitBytes: drawn.memoryLimitBytes,
    memorySwapLimitBytes: drawn.swaps && drawn.memoryLimitBytes > 0n
      ? drawn.memoryLimitBytes + drawn.extra
      : 0n,
  });
  fc.assert(fc.property(draw, draw, (first, second) => {
    const change = toResources(second);
    const once = mergeResources(toResources(first), change);
    assert.deepEqual(mergeResources(once, change), once);
    const body = updateSpec(change, toResources(first), fakeFacts());
    if (body.Memory !== undefined) assert.ok((body.MemorySwap ?? 0) >= body.Memory);
  }));
});
